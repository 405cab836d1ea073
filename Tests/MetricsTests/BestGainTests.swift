import Foundation
import Metrics
import Testing
import Volumes

/// Scores after the best gain, which a wrong scale of the imputed image does not change.
@Suite struct BestGainTests {
    private static let pairs: [(asIs: Metric, afterGain: Metric)] = [
        (.nmse, .nmseAfterGain), (.psnr, .psnrAfterGain), (.mae, .maeAfterGain), (.ssim, .ssimAfterGain),
    ]

    private func scaled(_ volume: Volume, by factor: Float) -> Volume {
        Volume(grid: volume.grid, voxels: volume.voxels.map { $0 * factor })
    }

    private func gain(_ truth: Volume, _ imputed: Volume, where included: (Int) -> Bool) -> Double {
        let voxels = truth.voxels.indices.filter(included)
        let mixed = voxels.reduce(0.0) { $0 + Double(truth.voxels[$1]) * Double(imputed.voxels[$1]) }
        return mixed / voxels.reduce(0.0) { $0 + Double(imputed.voxels[$1]) * Double(imputed.voxels[$1]) }
    }

    @Test func scoresAreThoseOfTheImageTimesTheGain() throws {
        let (truth, imputed, brain) = Golden.all[1].volumes
        for mask in [nil, brain] {
            let scores = try ImageMetrics.score(truth: truth, imputed: imputed, brain: mask, lesion: brain, range: 2.5)
            let gain = try #require(scores[.gain])
            let expected = self.gain(truth, imputed) { voxel in mask.map { $0.voxels[voxel] > 0 } ?? true }
            #expect(abs(gain - expected) < 1e-12)
            let gained = try ImageMetrics.score(
                truth: truth, imputed: scaled(imputed, by: Float(gain)), brain: mask, lesion: brain, range: 2.5)
            for (asIs, afterGain) in Self.pairs {
                for region in [Region.whole, .brain, .lesion] where region != .brain || mask != nil {
                    let (found, expected) = (scores[afterGain, region], gained[asIs, region])
                    #expect(abs(try #require(found) - (try #require(expected))) < 1e-5, "\(afterGain.key) \(region)")
                }
            }
        }
    }

    @Test func aWrongScaleDoesNotCount() throws {
        let (truth, imputed, brain) = Golden.all[2].volumes
        let scores = try ImageMetrics.score(truth: truth, imputed: imputed, brain: brain)
        let brighter = try ImageMetrics.score(truth: truth, imputed: scaled(imputed, by: 4), brain: brain)
        #expect(abs(try #require(brighter[.gain]) * 4 - (try #require(scores[.gain]))) < 1e-12)
        for (asIs, afterGain) in Self.pairs {
            #expect(abs(try #require(brighter[afterGain]) - (try #require(scores[afterGain]))) < 1e-9)
            #expect(brighter[asIs] != scores[asIs])
        }
        #expect(try #require(scores[.nmseAfterGain, .brain]) <= (try #require(scores[.nmse, .brain])))
    }

    @Test func anImageOfZerosHasNoGain() throws {
        let truth = Golden.all[0].volumes.truth
        let scores = try Baselines.zeroFill(truth: truth)
        #expect(scores[.gain] == 0 && scores[.nmseAfterGain] == 1 && scores[.ssimAfterGain] == scores[.ssim])
    }

    @Test func equalImagesStayEqualAsJSON() throws {
        let truth = Golden.all[0].volumes.truth
        let scores = try ImageMetrics.score(truth: truth, imputed: truth)
        #expect(scores[.gain] == 1 && scores[.nmseAfterGain] == 0 && scores[.psnrAfterGain] == .infinity)
        #expect(try JSONDecoder().decode(Scores.self, from: try JSONEncoder().encode(scores)) == scores)
    }
}
