import Foundation
import TestSupport
import Testing
import Volumes

/// `prepare` on real heads.
struct PrepareRealDataTests {
    private let work: Workplace

    init() throws { work = try Workplace() }

    private static let raw = Fixtures.sharedData("openms_raw/patient12_study1")
    private static let masks = Fixtures.sharedData("openms_longitudinal/patient12_study1")

    private func verdicts(_ record: [String: Any]) -> [String: String] {
        (record["registration"] as? [String: [String: Any]] ?? [:]).compactMapValues { $0["verdict"] as? String }
    }

    @Test(.enabled(if: raw != nil && masks != nil, "the raw sessions are not here"))
    func aRawSession() throws {
        let folder = work.path("in/p1")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in ["T1W", "T2W", "FLAIR"] {
            try FileManager.default.copyItem(atPath: "\(Self.raw!)/\(name).nii.gz", toPath: "\(folder)/\(name).nii.gz")
        }
        try FileManager.default.copyItem(
            atPath: "\(Self.masks!)/brainmask.nii.gz", toPath: "\(folder)/brainmask.nii.gz")
        let run = try CLI(["prepare", work.path("in"), "--out", work.path("out")])
        #expect(run.status == 0, "\(run.errors)")
        let record = try work.json("out/p1/preparation.json")
        // Its slices are thinner than those of the others.
        #expect(record["reference"] as? String == "T1")
        #expect(verdicts(record) == ["T2": "good", "FLAIR": "good"])
        #expect((record["warnings"] as? [String])?.isEmpty == true)
    }

    /// The sample patient with one contrast's header turned and moved.
    @Test func aStrippedPatientThatWasMovedComesBack() throws {
        let folder = work.path("in/p1")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let sample = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "SampleData/complete/patient26").path
        for name in ["T1", "FLAIR"] {
            var volume = try NIfTIFile.read("\(sample)/\(name).nii.gz").volume
            if name == "FLAIR" {
                let (c, s) = (0.9848077530122080, 0.1736481776669303)
                func turned(_ v: SIMD3<Double>) -> SIMD3<Double> { SIMD3(c * v.x - s * v.y, s * v.x + c * v.y, v.z) }
                let affine = volume.grid.affine
                volume.grid.affine = Affine(
                    i: turned(affine.i), j: turned(affine.j), k: turned(affine.k),
                    origin: turned(affine.origin) + [8, -5, 12])
            }
            try NIfTIFile.write(volume, to: "\(folder)/\(name).nii.gz")
        }
        let run = try CLI(["prepare", work.path("in"), "--out", work.path("out")])
        #expect(run.status == 0, "\(run.errors)")
        let record = try work.json("out/p1/preparation.json")
        #expect(verdicts(record) == ["FLAIR": "good"])
        #expect((record["brainMask"] as? [String: Any])?["source"] as? String == "stripped")
        let rows = try #require(try work.json("out/p1/transforms/FLAIR_to_T1.json")["matrix"] as? [[Double]])
        for place in [SIMD3(60.0, 20, 20), [-60, -80, 40], [0, -20, 60]] {
            let moved = SIMD3(
                (0..<3).map { rows[$0][0] * place.x + rows[$0][1] * place.y + rows[$0][2] * place.z + rows[$0][3] })
            let (c, s) = (0.9848077530122080, 0.1736481776669303)
            let truth = SIMD3(c * place.x - s * place.y + 8, s * place.x + c * place.y - 5, place.z + 12)
            let way = moved - truth
            #expect((way * way).sum().squareRoot() < 1.5)
        }
    }
}
