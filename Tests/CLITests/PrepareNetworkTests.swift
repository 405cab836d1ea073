import Foundation
import TestSupport
import Testing
import Volumes

/// `prepare` of heads that nothing but the network can mask.
struct PrepareNetworkTests {
    private let work: Workplace

    init() throws { work = try Workplace() }

    private func mask(_ record: String) throws -> [String: Any] {
        try #require(try work.json(record)["brainMask"] as? [String: Any])
    }

    /// Dice of two masks.
    private func dice(_ one: [Float], _ other: [Float]) -> Double {
        let both = zip(one, other).count { $0 > 0 && $1 > 0 }
        return 2 * Double(both) / Double(one.count { $0 > 0 } + other.count { $0 > 0 })
    }

    @Test func theNetworkIsTheLastWay() throws {
        let folder = work.path("in/p1")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (contrast, volume) in PrepareTests.scans {
            try NIfTIFile.write(volume, to: "\(folder)/\(contrast).nii.gz")
        }
        func prepare(_ out: String, _ more: [String] = [], _ environment: [String: String] = [:]) throws -> CLI {
            try CLI(
                ["prepare", work.path("in"), "--out", work.path(out), "--reference", "T1"] + more,
                environment: environment)
        }
        let run = try prepare("out")
        #expect(run.status == 0, "\(run.errors)")
        let found = try mask("out/p1/preparation.json")
        #expect(found["source"] as? String == "network" && found["origin"] as? String == "T1, FLAIR")
        #expect((found["weights"] as? String)?.count == 64 && found["agreement"] is Double)
        let voxels = try NIfTIFile.read(work.path("out/p1/p1_brainmask.nii.gz")).volume.voxels
        let overlap = dice(voxels, HeadPhantom.brain(HeadPhantom.axial).voxels)
        #expect(overlap > 0.9, "\(overlap)")
        let page = String(decoding: try work.data("out/p1/report.html"), as: UTF8.self)
        #expect(page.contains("the network that comes with the program"))

        #expect(try prepare("single", ["--threads", "1"]).status == 0)
        for file in work.files("out/p1") {
            #expect(try work.data("single/p1/\(file)") == work.data("out/p1/\(file)"), "\(file)")
        }
        #expect(try prepare("out").errors.contains("p1: skipped"))

        let damaged = work.path("damaged.safetensors")
        try Data(repeating: 7, count: 4000).write(to: URL(filePath: damaged))
        let refused = try prepare("refused", [], ["COLLAGAN_BRAIN_MODEL": damaged])
        #expect(refused.status == 1)
        #expect(refused.errorLines.count == 1 && refused.errors.contains("damaged.safetensors"), "\(refused.errors)")
    }

    private static let raw = Fixtures.sharedData("openms_raw/patient12_study1")
    private static let given = Fixtures.sharedData("openms_longitudinal/patient12_study1")

    @Test(.enabled(if: raw != nil && given != nil, "the raw sessions are not here"))
    func aRawSessionToAnImputedContrast() throws {
        let folder = work.path("in/p1")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["T1W", "T2W", "FLAIR"] {
            try FileManager.default.copyItem(atPath: "\(Self.raw!)/\(name).nii.gz", toPath: "\(folder)/\(name).nii.gz")
        }
        let run = try CLI(
            [
                "impute", work.path("in"), "--prepare", "--reference", "FLAIR", "--out", work.path("out"), "--model",
                work.model,
            ])
        #expect(run.status == 0, "\(run.errors)")
        #expect(work.exists("out/p1/p1_T1Gd_imputed.nii.gz"))
        let found = try mask("out/prepared/p1/preparation.json")
        #expect(found["source"] as? String == "network")
        #expect(try #require(found["agreement"] as? Double) > 0.95)
        #expect(try (work.json("out/prepared/p1/preparation.json")["warnings"] as? [Any])?.isEmpty == true)
        // Drawn on FLAIR; poor itself (docs/benchmarks/brain-mask.md).
        let own = try NIfTIFile.read(work.path("out/prepared/p1/p1_brainmask.nii.gz")).volume
        let theirs = try NIfTIFile.read("\(Self.given!)/brainmask.nii.gz").volume
        #expect(own.grid.isClose(to: theirs.grid))
        #expect(dice(own.voxels, theirs.voxels) > 0.95)
    }
}
