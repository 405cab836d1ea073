import Foundation
import TestSupport
import Testing

/// `Pipelines/sample.yaml`, and what is no pipeline.
struct SamplePipelineTests {
    private static let pipelines = URL(filePath: Fixtures.path("")).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Pipelines")

    @Test func sampleRunsBesideASampleFolder() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1POST", "T2", "FLAIR"], to: work.root.appending(path: "SampleData/complete/p1"))
        try FileManager.default.createDirectory(atPath: work.path("Pipelines"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Self.pipelines.appending(path: "sample.yaml"), to: work.root.appending(path: "Pipelines/sample.yaml"))
        let run = try CLI(["run", work.path("Pipelines/sample.yaml")], environment: ["COLLAGAN_MODEL": work.model])
        #expect(run.status == 0, "\(run.errors)")
        for contrast in ["T1", "T1Gd", "T2", "FLAIR"] {
            #expect(work.exists("collagan-out/sample/p1/p1_\(contrast)_imputed.nii.gz"))
        }
        #expect(work.exists("collagan-out/sample/report.html"))
    }

    @Test(arguments: ["compact.yaml", "paper.yaml", "finetune.yaml"])
    func aTrainingConfigurationIsNoPipeline(_ name: String) throws {
        let file = Self.pipelines.appending(path: name).path
        let run = try CLI(["run", file])
        #expect(run.status == 2)
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(run.errors.contains("\(name): configures a training") && run.errors.contains("collagan train --config"))
    }

    @Test func anEmptyFileIsNotTakenForATraining() throws {
        let work = try Workplace()
        try Data("# nothing\n".utf8).write(to: work.root.appending(path: "empty.yaml"))
        let run = try CLI(["run", work.path("empty.yaml")])
        #expect(run.status == 2)
        #expect(run.errors.contains("'input' is missing"), "\(run.errors)")
    }
}
