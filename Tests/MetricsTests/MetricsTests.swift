import Foundation
import Metrics
import Tensors
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
    /// use_sample_covariance=False, data_range=range, full=True), per slice; brain SSIM = mean of the map over the
    /// mask, 5 pixels cropped.
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
        let scores = try ImageMetrics.score(truth: truth, imputed: imputed, brain: mask, range: Double(golden.range))
        let slices = try #require(scores.ssimPerSlice)
        let expected: [(Metric, Region, Double)] = [
            (.nmse, .whole, golden.nmse), (.psnr, .whole, golden.psnr), (.mae, .whole, golden.mae),
            (.ssim, .whole, golden.slices.reduce(0, +) / Double(golden.slices.count)),
            (.nmse, .brain, golden.brain.nmse), (.psnr, .brain, golden.brain.psnr), (.mae, .brain, golden.brain.mae),
            (.ssim, .brain, golden.brain.ssim),
        ]
        let pairs = try expected.map { (try #require(scores[$0, $1]), $2) }
        for (found, expected) in pairs + zip(slices, golden.slices) { #expect(abs(found - expected) < 1e-6) }
        #expect(slices.count == golden.slices.count)
    }

    @Test func equalsTheFixture() throws {
        let read = { (name: String) in try NIfTIFile.read(Fixtures.path("metrics/\(name).nii.gz")).volume }
        let expected = try JSONDecoder().decode(
            Scores.self, from: Data(contentsOf: URL(filePath: Fixtures.path("metrics/expected.json"))))
        let scores = try ImageMetrics.score(
            truth: try read("truth"), imputed: try read("imputed"), brain: try read("mask"))
        for metric in Metric.all {
            for region in [Region.whole, .brain] {
                guard let wanted = expected[metric, region] else { continue }
                #expect(abs(try #require(scores[metric, region]) - wanted) < 1e-5)
            }
        }
        #expect(expected[.nmse] != nil && expected[.psnr, .brain] != nil && expected[.ssim] != nil)
        let (slices, expectedSlices) = (try #require(scores.ssimPerSlice), try #require(expected.ssimPerSlice))
        #expect(slices.count == expectedSlices.count)
        #expect(zip(slices, expectedSlices).allSatisfy { abs($0 - $1) < 1e-5 })
        let withoutMask = try ImageMetrics.score(truth: try read("truth"), imputed: try read("imputed"))
        #expect(Metric.all.allSatisfy { withoutMask[$0] == scores[$0] && withoutMask[$0, .brain] == nil })
    }

    @Test func slicesWithoutBrainDoNotCount() throws {
        var generator = SplitMix64(seed: 4)
        let plane = 12 * 13
        var truth = generator.image(plane * 4)
        for voxel in 0..<plane { truth[voxel] = 0 }
        let noise = generator.image(plane * 4)
        let (first, second) = (volume(SIMD3(12, 13, 4), truth), volume(SIMD3(12, 13, 4), noise))
        #expect(try ImageMetrics.score(truth: first, imputed: second).ssimPerSlice?.count == 3)
        var mask = volume(SIMD3(12, 13, 4), [Float](repeating: 0, count: plane * 4))
        mask[3, 4, 2] = 1
        let masked = try ImageMetrics.score(truth: first, imputed: second, brain: mask)
        #expect(
            masked.ssimPerSlice == [try #require(ImageMetrics.score(truth: first, imputed: second).ssimPerSlice)[1]])
        // (3, 4) lies in the 5 pixels that are cropped.
        #expect(masked[.ssim, .brain] == nil)
        #expect(masked[.mae, .brain] == Double(abs(truth[3 + 12 * (4 + 13 * 2)] - noise[3 + 12 * (4 + 13 * 2)])))
    }

    @Test func lesionAndOutsideShareOutTheBrain() throws {
        let (truth, imputed, brain) = Golden.all[1].volumes
        var generator = SplitMix64(seed: 5)
        var lesion = brain
        for voxel in lesion.voxels.indices where generator.unit() < 0.7 { lesion.voxels[voxel] = 0 }
        let scores = try ImageMetrics.score(truth: truth, imputed: imputed, brain: brain, lesion: lesion)
        func mae(_ scores: Scores, _ region: Region) throws -> Double { try #require(scores[.mae, region]) }
        let inside = try mae(scores, .lesion)
        let lesionShare = Double(lesion.voxels.count { $0 > 0 }) / Double(brain.voxels.count { $0 > 0 })
        let total = inside * lesionShare + (try mae(scores, .outsideLesion)) * (1 - lesionShare)
        #expect(abs(total - (try mae(scores, .brain))) < 1e-12)

        let alone = try ImageMetrics.score(truth: truth, imputed: imputed, lesion: lesion)
        let share = Double(lesion.voxels.count { $0 > 0 }) / Double(lesion.voxels.count)
        let whole = inside * share + (try mae(alone, .outsideLesion)) * (1 - share)
        #expect(abs(whole - (try mae(scores, .whole))) < 1e-12)
        #expect([Metric.nmse, .psnr, .mae, .ssim].allSatisfy { alone[$0, .lesion] == scores[$0, .lesion] })
        #expect(Metric.all.allSatisfy { alone[$0, .brain] == nil })
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
        let scores = try ImageMetrics.score(truth: truth, imputed: imputed, brain: mask, lesion: lesion)
        let again = try ImageMetrics.score(
            truth: truth.reoriented(to: stored), imputed: imputed, brain: mask.reoriented(to: stored),
            lesion: lesion.reoriented(to: stored))
        #expect(scores == again)
    }
}
