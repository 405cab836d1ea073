import Foundation
import TestSupport
import Testing

/// `--prepare` on commands that go on with what was prepared, and the same in a pipeline file.
struct PrepareFirstTests {
    @Test func aPipelineFileMayAskForIt() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p1"))
        func write(_ preprocess: String) throws -> String {
            let file = work.path("pipeline.yaml")
            try Data(
                """
                input: {patients: in}
                preprocess: {\(preprocess)}
                model: {file: \(work.model)}
                outputs: {folder: out}

                """.utf8
            ).write(to: URL(filePath: file))
            return file
        }
        let run = try CLI(["run", try write("prepare: true, reference: T2")])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try work.json("out/prepared/p1/preparation.json")["reference"] as? String == "T2")
        #expect(work.exists("out/p1/p1_FLAIR_imputed.nii.gz"))
        for (text, reason) in [
            ("reference: T2", "need 'prepare: true'"), ("prepare: true, masks: false", "remove one"),
        ] {
            let refused = try CLI(["run", try write(text)])
            #expect(refused.status == 2 && refused.errorLines.count == 1, "\(refused.errors)")
            #expect(refused.errors.contains(reason), "\(refused.errors)")
        }
        // On the command line as well.
        let line = try CLI(["run", try write("masks: true"), "--prepare", "--reference", "T2"])
        #expect(line.status == 0, "\(line.errors)")
        #expect(try work.statuses("out") == ["p1": "skipped"])
    }

    @Test func whoIsNotThereAnyMoreIsNotGoneOnWith() throws {
        let work = try Workplace()
        for patient in ["p1", "p2"] {
            try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/\(patient)"))
        }
        func impute() throws -> [String: String] {
            let run = try CLI([
                "impute", work.path("in"), "--out", work.path("out"), "--model", work.model, "--prepare",
            ])
            #expect(run.status == 0, "\(run.errors)")
            return try work.statuses("out")
        }
        #expect(try impute() == ["p1": "done", "p2": "done"])
        try FileManager.default.removeItem(atPath: work.path("in/p2"))
        #expect(work.exists("out/prepared/p2/preparation.json"))
        #expect(try impute() == ["p1": "skipped"])
    }

    @Test func aTrainingMayAskForIt() throws {
        let place = try TrainingWorkplace(
            TrainingWorkplace.direct + """
                name: toy
                checkpoints: {every: 1, keep: 2}
                steps: 1

                """)
        try place.add("p1", ["T1", "T1Gd", "T2", "FLAIR"], seed: 1)
        try place.add("p2", ["T1", "T2", "FLAIR"], seed: 2)
        let work = place.work
        try Data("no image".utf8).write(to: URL(filePath: work.path("in/p2/T2.nii.gz")))
        let run = try CLI(place.arguments() + ["--prepare", "--reference", "T1"])
        #expect(run.status == 1, "one patient could not be prepared: \(run.errors)")
        #expect(run.errorLines.count == 1, "\(run.errors)")
        #expect(work.exists("model/prepared/p1/preparation.json") && work.exists("model/model.safetensors"))
        #expect(try CLI(place.arguments() + ["--prepare", "--reference", "T1", "--resume"]).status == 1)
        #expect(try CLI(place.arguments() + ["--prepare", "--distributed"]).status == 64)
        #expect(try CLI(place.arguments() + ["--reference", "T1"]).status == 64)
        #expect(try CLI(place.arguments() + ["--reference", "T1", "--distributed"]).status == 64)
    }
}
