import Foundation
import Testing
import Volumes

struct EvaluateTests {
    @Test func scoresEveryContrastOnItsOwnGrid() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "in/p1")
        try Phantom.write(["T1Gd", "T2", "FLAIR"], to: folder)
        // The reference contrast is stored flipped and on a finer grid than the others.
        let fine = Grid(
            size: Phantom.size,
            affine: Affine(
                i: SIMD3(-1.15, 0, 0), j: SIMD3(0, 1.2, 0), k: SIMD3(0, 0, 4), origin: SIMD3(22, -30, -10)))
        try NIfTIFile.write(Phantom.volume("T1", grid: fine), to: folder.appending(path: "T1.nii.gz").path)
        var lesion = Phantom.volume("T1")
        for index in lesion.voxels.indices { lesion.voxels[index] = lesion.voxels[index] > 420 ? 1 : 0 }
        try NIfTIFile.write(lesion, to: folder.appending(path: "seg.nii.gz").path)

        let run = try CLI(["evaluate", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 0, "\(run.errors)")
        let contrasts = try work.json("out/p1/metrics.json")["contrasts"] as? [String: [String: Any]] ?? [:]
        #expect(contrasts.keys.sorted() == ["FLAIR", "T1", "T1Gd", "T2"])
        for (name, record) in contrasts {
            let truth = try NIfTIFile.read(folder.appending(path: "\(name).nii.gz").path)
            let imputed = try NIfTIFile.read(work.path("out/\(record["file"] as? String ?? "")"))
            #expect(imputed.header.grid == truth.header.grid, "\(name)")
            let scores = try #require(record["scores"] as? [String: Any])
            // No voxel is clipped, so the NMSE of the files is the NMSE of the normalised images.
            let nmse = try #require(scores["nmse"] as? Double)
            #expect(abs(nmse - Self.nmse(truth.volume.voxels, imputed.volume.voxels)) < 1e-4, "\(name)")
            #expect(scores["nmse_lesion"] is Double && scores["ssim_brain"] is Double)
            let baselines = try #require(record["baselines"] as? [String: Any])
            #expect(abs(((baselines["zeroFill"] as? [String: Double])?["nmse"] ?? 0) - 1) < 1e-9)
            #expect((baselines["copies"] as? [String: Any])?.count == 3)
            #expect((baselines["regression"] != nil) == (name == "FLAIR"))
            #expect((baselines["regressionNote"] != nil) == (name != "FLAIR"))
            #expect((record["selfCheck"] as? [String: Any])?.count == 3)
        }
        let lines = String(decoding: try work.data("out/metrics.csv"), as: UTF8.self).split(separator: "\r\n")
        #expect(lines.count == 5)
        for word in ["NMSE", "FLAIR     network", "FLAIR     regression", "T1        zero fill     1.0000"] {
            #expect(run.output.contains(word), "\(run.output)")
        }
        let report = String(decoding: try work.data("out/p1/report.html"), as: UTF8.self)
        #expect(report.contains("T1Gd") && report.contains("data:image/png"))
    }

    @Test func theHiddenContrastCannotLeak() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2", "FLAIR"], to: work.root.appending(path: "a/p"))
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "b/p"))
        var other = Phantom.volume("FLAIR", seed: 8)
        for index in other.voxels.indices { other.voxels[index] = other.voxels[index] * 0.5 + 7 }
        try NIfTIFile.write(other, to: work.path("b/p/FLAIR.nii.gz"))
        var images: [[Float]] = []
        for cohort in ["a", "b"] {
            let run = try CLI([
                "evaluate", work.path(cohort), "--out", work.path("out-\(cohort)"), "--model", work.model, "--targets",
                "FLAIR",
            ])
            #expect(run.status == 0, "\(run.errors)")
            let image = try NIfTIFile.read(work.path("out-\(cohort)/p/p_FLAIR_imputed.nii.gz")).volume.voxels
            let scale = try work.json("out-\(cohort)/p/p_FLAIR_imputed.json")["intensityScale"] as? Double ?? 0
            images.append(image.map { $0 / Float(scale) })
        }
        #expect(zip(images[0], images[1]).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(images[0].contains { $0 > 0 })
    }

    @Test func oneContrastAloneCannotBeEvaluated() throws {
        let work = try Workplace()
        try Phantom.write(["T2"], to: work.root.appending(path: "in/p1"))
        let run = try CLI(["evaluate", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 1)
        #expect(run.errorLines.count == 1 && run.errorLines[0].contains("only T2"))
    }

    private static func nmse(_ truth: [Float], _ imputed: [Float]) -> Double {
        let error = zip(truth, imputed).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
        return error / truth.reduce(0.0) { $0 + Double($1) * Double($1) }
    }
}
