import Tensors
import Foundation
import Metrics
import TestSupport
import Testing
import Volumes

/// A volume in RAS order with 1 mm voxels.
func volume(_ size: SIMD3<Int>, _ voxels: [Float]) -> Volume {
    Volume(grid: SyntheticVolumes.grid(size, origin: SIMD3(-20, -30, -10)), voxels: voxels)
}

/// What NumPy and scikit-image say about a pair of volumes drawn from a seed.
struct Golden: Sendable, CustomTestStringConvertible {
    var seed: UInt64
    var size: SIMD3<Int>
    var range: Float
    var nmse, psnr, mae: Double
    var slices: [Double]
    var brain: (nmse: Double, psnr: Double, mae: Double, ssim: Double)
    var testDescription: String { "\(size.x)×\(size.y)×\(size.z)" }

    /// Uniform noise as truth; imputed is 3/4 truth + 1/4 other noise; the mask holds 3/8 of the voxels.
    var volumes: (truth: Volume, imputed: Volume, mask: Volume) {
        var generator = SplitMix64(seed: seed)
        let count = size.x * size.y * size.z
        let (truth, noise, mask) = (generator.image(count), generator.image(count), generator.image(count))
        let imputed = zip(truth, noise).map { (0.75 * $0 + 0.25 * $1) * range }
        return (
            volume(size, truth.map { $0 * range }), volume(size, imputed), volume(size, mask.map { $0 > 0.625 ? 1 : 0 })
        )
    }

    /// NumPy 2.4.6 and scikit-image 0.26.0 in double precision: structural_similarity(gaussian_weights=True, sigma=1.5,
    /// use_sample_covariance=False, data_range=range, full=True), per slice; brain SSIM = mean of the map over the mask,
    /// 5 pixels cropped.
    static let all = [
        Golden(
            seed: 1, size: SIMD3(11, 12, 3), range: 1,
            nmse: 0.030623080842556123, psnr: 20.087998620793336, mae: 0.07964666406012545,
            slices: [0.9308655847402378, 0.9642350802850768, 0.8724178156002333],
            brain: (0.027530166783782645, 20.54410721705122, 0.07616325686959659, 0.9193528795653626)),
        Golden(
            seed: 2, size: SIMD3(37, 29, 4), range: 2.5,
            nmse: 0.031171825790081705, psnr: 19.82848155082586, mae: 0.20725131263298513,
            slices: [0.9209104381523954, 0.9190175558596528, 0.9193681761807555, 0.9184577262377295],
            brain: (0.030712561693163477, 19.934636302201554, 0.20420149102280236, 0.9194212919495155)),
        Golden(
            seed: 3, size: SIMD3(16, 11, 2), range: 1,
            nmse: 0.03394232111950811, psnr: 19.650263567926608, mae: 0.08400668237696994,
            slices: [0.9036733681711171, 0.9215092932216015],
            brain: (0.034163798547016885, 19.26803856078539, 0.08676610951838286, 0.9146136408642754)),
    ]
}

@Suite struct MetricsTests {
    @Test(arguments: Golden.all) func equalsScikitImage(_ golden: Golden) throws {
        let (truth, imputed, mask) = golden.volumes
        let scores = try Metrics.score(truth: truth, imputed: imputed, brain: mask, range: Double(golden.range))
        let brain = try #require(scores.brain)
        let pairs = [
            (scores.whole.nmse, golden.nmse), (scores.whole.psnr, golden.psnr), (scores.whole.mae, golden.mae),
            (try #require(scores.whole.ssim), golden.slices.reduce(0, +) / Double(golden.slices.count)),
            (brain.nmse, golden.brain.nmse), (brain.psnr, golden.brain.psnr), (brain.mae, golden.brain.mae),
            (try #require(brain.ssim), golden.brain.ssim),
        ]
        for (found, expected) in pairs + zip(scores.ssimPerSlice, golden.slices) {
            #expect(abs(found - expected) < 1e-6)
        }
        #expect(scores.ssimPerSlice.count == golden.slices.count)
    }

    @Test func equalsTheFixture() throws {
        let read = { (name: String) in try NIfTIFile.read(Fixtures.path("metrics/\(name).nii.gz")).volume }
        let expected = try JSONDecoder().decode(
            Scores.self, from: Data(contentsOf: URL(filePath: Fixtures.path("metrics/expected.json"))))
        let scores = try Metrics.score(truth: try read("truth"), imputed: try read("imputed"), brain: try read("mask"))
        let (brain, expectedBrain) = (try #require(scores.brain), try #require(expected.brain))
        for (found, wanted) in [(scores.whole, expected.whole), (brain, expectedBrain)] {
            #expect(abs(found.nmse - wanted.nmse) < 1e-5)
            #expect(abs(found.psnr - wanted.psnr) < 1e-5)
            #expect(abs(found.mae - wanted.mae) < 1e-5)
        }
        #expect(abs(try #require(scores.whole.ssim) - #require(expected.whole.ssim)) < 1e-5)
        #expect(scores.ssimPerSlice.count == expected.ssimPerSlice.count)
        #expect(zip(scores.ssimPerSlice, expected.ssimPerSlice).allSatisfy { abs($0 - $1) < 1e-5 })
        let withoutMask = try Metrics.score(truth: try read("truth"), imputed: try read("imputed"))
        #expect(withoutMask.whole == scores.whole)
        #expect(withoutMask.brain == nil)
    }

    @Test func slicesWithoutBrainDoNotCount() throws {
        var generator = SplitMix64(seed: 4)
        let plane = 12 * 13
        var truth = generator.image(plane * 4)
        for voxel in 0..<plane { truth[voxel] = 0 }
        let noise = generator.image(plane * 4)
        let (first, second) = (volume(SIMD3(12, 13, 4), truth), volume(SIMD3(12, 13, 4), noise))
        #expect(try Metrics.score(truth: first, imputed: second).ssimPerSlice.count == 3)
        var mask = volume(SIMD3(12, 13, 4), [Float](repeating: 0, count: plane * 4))
        mask[3, 4, 2] = 1
        let masked = try Metrics.score(truth: first, imputed: second, brain: mask)
        #expect(masked.ssimPerSlice == [try Metrics.score(truth: first, imputed: second).ssimPerSlice[1]])
        // (3, 4) lies in the 5 pixels that are cropped.
        #expect(masked.brain?.ssim == nil)
        #expect(masked.brain?.mae == Double(abs(truth[3 + 12 * (4 + 13 * 2)] - noise[3 + 12 * (4 + 13 * 2)])))
    }

    @Test func lesionAndOutsideShareOutTheBrain() throws {
        let (truth, imputed, brain) = Golden.all[1].volumes
        var generator = SplitMix64(seed: 5)
        var lesion = brain
        for voxel in lesion.voxels.indices where generator.unit() < 0.7 { lesion.voxels[voxel] = 0 }
        let scores = try Metrics.score(truth: truth, imputed: imputed, brain: brain, lesion: lesion)
        let (inside, outside) = (try #require(scores.lesion), try #require(scores.outsideLesion))
        let total = try #require(scores.brain)
        let lesionShare = Double(lesion.voxels.count { $0 > 0 }) / Double(brain.voxels.count { $0 > 0 })
        #expect(abs(inside.mae * lesionShare + outside.mae * (1 - lesionShare) - total.mae) < 1e-12)

        let alone = try Metrics.score(truth: truth, imputed: imputed, lesion: lesion)
        let share = Double(lesion.voxels.count { $0 > 0 }) / Double(lesion.voxels.count)
        let elsewhere = try #require(alone.outsideLesion)
        #expect(abs(inside.mae * share + elsewhere.mae * (1 - share) - scores.whole.mae) < 1e-12)
        #expect(alone.lesion == inside)
        #expect(alone.brain == nil)
    }

    @Test func storageOrderDoesNotMatter() throws {
        let (truth, imputed, mask) = Golden.all[1].volumes
        // i runs to inferior, j to the left, k to anterior.
        let size = truth.grid.size
        let start = truth.grid.affine.world(SIMD3(Double(size.x - 1), 0, Double(size.z - 1)))
        let stored = Grid(
            size: SIMD3(size.z, size.x, size.y),
            affine: Affine(i: SIMD3(0, 0, -1), j: SIMD3(-1, 0, 0), k: SIMD3(0, 1, 0), origin: start))
        var lesion = mask
        for voxel in lesion.voxels.indices where voxel.isMultiple(of: 3) { lesion.voxels[voxel] = 0 }
        let scores = try Metrics.score(truth: truth, imputed: imputed, brain: mask, lesion: lesion)
        let again = try Metrics.score(
            truth: truth.reoriented(to: stored), imputed: imputed, brain: mask.reoriented(to: stored),
            lesion: lesion.reoriented(to: stored))
        #expect(scores == again)
    }
}
