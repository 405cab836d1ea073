import Foundation
import TestSupport
import Testing
import Volumes

struct InspectTests {
    @Test func folderOfOnePatient() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "p_t1ce", "odd"], to: work.root.appending(path: "p"))
        let run = try CLI(["inspect", work.path("p"), "--json", "--png", work.path("look.png")])
        #expect(run.status == 0, "\(run.errors)")
        let patients = try run.json()["patients"] as? [[String: Any]] ?? []
        let patient = try #require(patients.first)
        #expect(patient["present"] as? [String] == ["T1", "T1Gd"])
        #expect(patient["missing"] as? [String] == ["T2", "FLAIR"])
        let files = patient["files"] as? [[String: Any]] ?? []
        #expect(files.map { $0["role"] as? String } == ["T1", "unrecognised", "T1Gd"])
        #expect(files.allSatisfy { ($0["reason"] as? String)?.isEmpty == false })
        let geometry = try #require(files.first?["geometry"] as? [String: Any])
        #expect(geometry["size"] as? [Int] == [40, 48, 6])
        #expect(geometry["orientation"] as? String == "RAS")
        #expect(try work.data("look.png").prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        let text = try CLI(["inspect", work.path("p")])
        #expect(text.output.contains("'t1ce' stands for T1Gd") && text.output.contains("40×48×6"))
    }

    @Test func oneFileAndItsFaults() throws {
        let work = try Workplace()
        try Phantom.write(["T2"], to: work.root.appending(path: "p"))
        #expect(try CLI(["inspect", work.path("p/T2.nii.gz")]).status == 0)
        try Data("no image".utf8).write(to: work.root.appending(path: "p/T1.nii"))
        let run = try CLI(["inspect", work.path("p/T1.nii"), "--json"])
        #expect(run.status == 1)
        #expect(run.output.contains("problem"))
        let folder = try CLI(["inspect", work.path("p")])
        #expect(folder.status == 1)
        #expect(folder.output.contains("problem"))
        let missing = try CLI(["inspect", work.path("nowhere")])
        #expect(missing.status == 2)
        #expect(missing.errors.split(separator: "\n").count == 1)
    }

    @Test func metricsOfTheFixture() throws {
        let expected =
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(filePath: Fixtures.path("metrics/expected.json")))) as? [String: Any] ?? [:]
        let files = ["truth", "imputed"].map { Fixtures.path("metrics/\($0).nii.gz") }
        let run = try CLI(["metrics"] + files + ["--mask", Fixtures.path("metrics/mask.nii.gz")])
        #expect(run.status == 0)
        let found = try run.json()
        #expect(
            Set(found.keys).isSuperset(of: ["nmse", "psnr", "mae", "ssim", "nmse_brain", "psnr_brain", "mae_brain"]))
        let plain = try CLI(["metrics"] + files).json()
        #expect(plain["nmse_brain"] == nil && plain["challenge"] == nil && plain["gain"] is Double)
        let lesion = try CLI(["metrics"] + files + ["--lesion", Fixtures.path("metrics/mask.nii.gz")]).json()
        #expect((lesion["challenge"] as? [String: Any])?["brasyn_ssim_tumor"] is Double)
        for key in ["nmse", "psnr"] {
            let value = try #require(plain[key] as? Double)
            let reference = try #require(expected[key] as? Double)
            #expect(abs(value - reference) < 1e-4 * max(1, abs(reference)), "\(key)")
        }
    }

    @Test func metricsRefusals() throws {
        let work = try Workplace()
        try Phantom.write(["T1"], to: work.root.appending(path: "p"))
        let truth = Fixtures.path("metrics/truth.nii.gz")
        for (arguments, says) in [
            ([truth, work.path("p/T1.nii.gz")], "p/T1.nii.gz"), ([truth, work.path("none.nii")], "none.nii"),
        ] {
            let run = try CLI(["metrics"] + arguments)
            #expect(run.status == 2)
            #expect(run.output.isEmpty)
            #expect(run.errors.split(separator: "\n").count == 1 && run.errors.contains(says), "\(run.errors)")
        }
    }

    @Test func modelInfoAndVerify() throws {
        let work = try Workplace()
        let info = try CLI(["model", "info", work.model, "--json"])
        #expect(info.status == 0)
        #expect(try info.json()["ngf"] as? Int == 8)
        #expect(try info.json()["contrasts"] as? [String] == ["T1", "T1Gd", "T2", "FLAIR"])
        #expect(try info.json()["regressions"] as? [String] == ["FLAIR from T1, T1Gd, T2"])
        #expect(try CLI(["model", "info", work.path("none")]).status == 2)

        let golden = Fixtures.path("generator-ngf8/case.safetensors")
        let verify = try CLI(["model", "verify", Fixtures.path("generator-ngf8/weights.safetensors"), golden])
        #expect(verify.status == 0, "\(verify.output.prefix(400))")
        let result = try verify.json()
        #expect(result["passed"] as? Bool == true)
        #expect(result["forward"] is Double && result["gradients"] is [String: Any])
        let none = try CLI(["model", "verify", work.model, work.path("none")])
        #expect(none.status == 2)
        #expect(none.errors.split(separator: "\n").count == 1)
    }
}
