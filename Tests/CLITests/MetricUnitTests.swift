import Foundation
import Metrics
import Preprocessing
import TestSupport
import Testing
import Volumes

/// Scores are in the truth's 99.5th percentile, whatever a model divides by.
@Suite struct MetricUnitTests {
    private static let mean = ["normalisation": #"{"kind": "mean", "level": 0.4, "ceiling": 2.5}"#]
    private static let contrasts = ["T1", "T1Gd", "T2", "FLAIR"]

    @Test func scoresOfAModelThatDividesByTheMean() throws {
        let work = try Workplace()
        try Phantom.write(Self.contrasts, to: work.root.appending(path: "in/p1"))
        let run = try CLI([
            "evaluate", work.path("in"), "--out", work.path("out"), "--model", work.model(with: Self.mean),
            "--targets", "FLAIR", "--no-subsets",
        ])
        #expect(run.status == 0, "\(run.errors)")
        let truth = try NIfTIFile.read(work.path("in/p1/FLAIR.nii.gz")).volume
        let imputed = try NIfTIFile.read(work.path("out/p1/p1_FLAIR_imputed.nii.gz")).volume
        let positive = truth.voxels.filter { $0 > 0 }
        let percentile = try #require(Normalisation.metrics.scale(of: positive))
        let scale = try #require(Normalisation.mean.scale(of: positive))
        func unit(_ volume: Volume) -> Volume {
            Volume(grid: truth.grid, voxels: volume.voxels.map { min(max($0 / percentile, 0), 1.5) })
        }
        let expected = try ImageMetrics.score(truth: unit(truth), imputed: unit(imputed))
        let record = try #require(
            (try work.json("out/p1/metrics.json")["contrasts"] as? [String: [String: Any]])?["FLAIR"])
        let scores = try #require(record["scores"] as? [String: Any])
        for metric in [Metric.nmse, .psnr, .mae, .ssim] {
            let found = try #require(scores[metric.key] as? Double)
            #expect(abs(found - (try #require(expected[metric]))) < 1e-6 * max(abs(found), 1), "\(metric.key)")
        }
        let sidecar = try work.json("out/p1/p1_FLAIR_imputed.json")
        #expect(sidecar["metricScale"] as? Double == Double("\(percentile)"))
        #expect(sidecar["intensityScale"] as? Double == Double("\(scale)"))
        let normalisation = try #require(sidecar["normalisation"] as? [String: Any])
        #expect(normalisation["kind"] as? String == "mean" && normalisation["level"] as? Double == 0.4)
        #expect((normalisation["scales"] as? [String: Double])?.keys.sorted() == ["T1", "T1Gd", "T2"])
    }

    /// Whole numbers of a copy and of a self-check do not depend on the model's normalisation either, but for clipping.
    @Test func copiesScoreAlikeAfterTheBestGain() throws {
        let work = try Workplace()
        try Phantom.write(Self.contrasts, to: work.root.appending(path: "in/p1"))
        var copies: [[String: Double]] = []
        for (name, model) in [("percentile", work.model), ("mean", try work.model(with: Self.mean))] {
            let run = try CLI([
                "evaluate", work.path("in"), "--out", work.path(name), "--model", model, "--targets", "T2",
                "--no-subsets",
            ])
            #expect(run.status == 0, "\(run.errors)")
            let contrasts = try work.json("\(name)/p1/metrics.json")["contrasts"] as? [String: [String: Any]]
            let baselines = contrasts?["T2"]?["baselines"] as? [String: Any]
            let scores = try #require(baselines?["copies"] as? [String: [String: Any]])
            copies.append(scores.mapValues { $0["nmse_gain"] as? Double ?? .nan })
        }
        #expect(copies[0].count == 3)
        for (contrast, score) in copies[0] {
            #expect(abs(score - (copies[1][contrast] ?? .nan)) < 1e-5, "\(contrast)")
        }
    }
}
