import Foundation
import Testing
import Volumes

struct ImputeTests {
    private func impute(_ work: Workplace, _ more: [String] = [], in folder: String = "in") throws -> CLI {
        try CLI(["impute", work.path(folder), "--out", work.path("out"), "--model", work.model] + more)
    }

    @Test func writesWhatTheContractNames() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p1"))
        try Phantom.write(["T1", "T1Gd", "T2", "FLAIR"], to: work.root.appending(path: "in/p2"))
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p3"), seed: 3)
        let run = try impute(work, ["--json"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(try run.json()["state"] as? String == "finished")
        #expect(try Data(run.output.utf8) == work.data("out/run.json"), "the result is the manifest")
        #expect(
            work.files("out") == [
                "metrics.csv", "p1/metrics.json", "p1/p1_FLAIR_imputed.json", "p1/p1_FLAIR_imputed.nii.gz",
                "p1/report.html", "p3/metrics.json", "p3/p3_FLAIR_imputed.json", "p3/p3_FLAIR_imputed.nii.gz",
                "p3/p3_T1Gd_imputed.json", "p3/p3_T1Gd_imputed.nii.gz", "p3/report.html", "report.html", "run.json",
            ])
        #expect(try work.statuses("out") == ["p1": "done", "p2": "skipped", "p3": "done"])
        let rows = String(decoding: try work.data("out/metrics.csv"), as: UTF8.self).split(separator: "\r\n")
        #expect(rows.count == 4)
        #expect(rows[0].hasPrefix("patient,contrast,command,inputs,nmse,psnr,mae,ssim,nmse_gain"))

        let sidecar = try work.json("out/p3/p3_T1Gd_imputed.json")
        #expect((sidecar["warnings"] as? [String])?.first?.contains("gadolinium") == true)
        #expect(run.errors.contains("gadolinium"))
        #expect(sidecar["intensityScale"] as? Double == TinyModel.referenceScales[1])
        let inputs = sidecar["inputs"] as? [[String: Any]] ?? []
        #expect(inputs.map { $0["role"] as? String } == ["T1", "T2"])
        #expect(inputs.allSatisfy { ($0["sha256"] as? String)?.count == 64 && $0["percentile"] is Double })
        #expect(Set((sidecar["selfCheck"] as? [String: Any] ?? [:]).keys) == ["T1", "T2"])
    }

    @Test func imageComesBackOnThePatientsGridAndDatatype() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "in/p1")
        try Phantom.write(["T1", "T2", "T1Gd"], to: folder)
        let run = try impute(work, in: "in/p1")
        #expect(run.status == 0, "\(run.errors)")
        let source = try NIfTIFile.read(folder.appending(path: "T1.nii.gz").path)
        let result = try NIfTIFile.read(work.path("out/p1/p1_FLAIR_imputed.nii.gz"))
        #expect(result.header.grid == source.header.grid)
        #expect(result.header.datatype == source.header.datatype)
        #expect(result.header.sformCode == source.header.sformCode)
        let outside = zip(source.volume.voxels, result.volume.voxels).filter { $0.0 == 0 }
        #expect(outside.allSatisfy { $0.1 == 0 })
        #expect(result.volume.voxels.contains { $0 > 0 })
    }

    @Test func secondRunRedoesNothingThatIsComplete() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p1"))
        try Phantom.write(["T1", "FLAIR", "T2"], to: work.root.appending(path: "in/p2"), seed: 2)
        let inputs = try work.files("in").map { try work.data("in/\($0)") }
        #expect(try impute(work).status == 0)
        let first = try work.files("out").filter { $0.contains("/") }.map { try work.data("out/\($0)") }

        #expect(try impute(work).status == 0)
        #expect(try work.statuses("out") == ["p1": "skipped", "p2": "skipped"])
        let csv = String(decoding: try work.data("out/metrics.csv"), as: UTF8.self)
        #expect(csv.split(separator: "\r\n").count == 3)

        try FileManager.default.removeItem(atPath: work.path("out/p1/report.html"))
        #expect(try impute(work, ["--threads", "1"]).status == 0)
        #expect(try work.statuses("out") == ["p1": "done", "p2": "skipped"])
        #expect(try work.files("out").filter { $0.contains("/") }.map { try work.data("out/\($0)") } == first)

        #expect(try impute(work, ["--overwrite"]).status == 0)
        #expect(try work.statuses("out") == ["p1": "done", "p2": "done"])

        try Phantom.write(["FLAIR"], to: work.root.appending(path: "in/p1"))
        try Phantom.write(["T2"], to: work.root.appending(path: "in/p2"), seed: 9)
        #expect(try impute(work).status == 0)
        #expect(try work.statuses("out") == ["p1": "skipped", "p2": "done"])
        #expect(try work.data("in/p1/T1.nii.gz") == inputs[0])
    }

    @Test func targetsNarrowTheWork() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p1"))
        #expect(try impute(work, ["--targets", "FLAIR"]).status == 0)
        #expect(work.exists("out/p1/p1_FLAIR_imputed.nii.gz"))
        #expect(!work.exists("out/p1/p1_T1Gd_imputed.nii.gz"))
    }

    @Test func resultsAmongThePatientsAreNoPatients() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p1"))
        let arguments = [work.path("in"), "--model", work.model, "--out"]
        #expect(try CLI(["preprocess"] + arguments + [work.path("in/seen")]).status == 0)
        #expect(try CLI(["impute"] + arguments + [work.path("in/out")]).status == 0)
        #expect(try CLI(["impute"] + arguments + [work.path("in/out")]).status == 0)
        #expect(try work.statuses("in/out") == ["p1": "skipped"])
    }

    @Test func bidsDatasetGivesBIDSDerivatives() throws {
        let work = try Workplace()
        for (session, contrast) in [("ses-1", "T1w"), ("ses-1", "FLAIR"), ("ses-2", "T2w")] {
            let folder = work.root.appending(path: "in/sub-01/\(session)/anat")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try NIfTIFile.write(
                Phantom.volume(contrast), to: folder.appending(path: "sub-01_\(session)_\(contrast).nii.gz").path)
        }
        let run = try impute(work, ["--quiet"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.isEmpty)
        for file in [
            "dataset_description.json", "run.json", "metrics.csv", "sub-01/ses-1/metrics.json",
            "sub-01/ses-1/anat/sub-01_ses-1_ce-gadolinium_desc-imputed_T1w.nii.gz",
            "sub-01/ses-1/anat/sub-01_ses-1_desc-imputed_T2w.json",
            "sub-01/ses-2/anat/sub-01_ses-2_desc-imputed_FLAIR.nii.gz",
        ] {
            #expect(work.exists("out/\(file)"), "\(file)")
        }
        #expect(try work.json("out/dataset_description.json")["DatasetType"] as? String == "derivative")
        let sidecar = try work.json("out/sub-01/ses-1/anat/sub-01_ses-1_desc-imputed_T2w.json")
        #expect(
            (sidecar["Sources"] as? [String])?.first == "bids:raw:sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz")
    }

    @Test func modelFromTheEnvironment() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p1"))
        let run = try CLI(
            ["impute", work.path("in"), "--out", work.path("out")], environment: ["COLLAGAN_MODEL": work.model])
        #expect(run.status == 0)
        let lost = try CLI(
            ["impute", work.path("in"), "--out", work.path("out2")], environment: ["COLLAGAN_MODEL": "/no/model"])
        #expect(lost.status == 2)
        #expect(lost.errors.contains("COLLAGAN_MODEL"))
    }
}
