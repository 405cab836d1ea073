import Foundation
import Metrics
import TestSupport
import Testing
import Volumes

/// SSIM in three dimensions and in sagittal planes against naive sums over every window.
@Suite struct MirroredSimilarityTests {
    private static let range = 1.5

    /// Two volumes of noise, 0 outside a box of the size's share.
    private func images(_ size: SIMD3<Int>, filled: SIMD3<Int>) -> [[Float]] {
        var generator = SplitMix64(seed: 9)
        let count = size.x * size.y * size.z
        return (0..<2).map { _ in
            generator.image(count).enumerated().map { voxel, value in
                let at = [voxel % size.x, voxel / size.x % size.y, voxel / size.x / size.y]
                return at[0] < filled.x && at[1] < filled.y && at[2] < filled.z ? value : 0
            }
        }
    }

    /// The map at one voxel: windows of so many voxels from their centre along each axis.
    private func naive(_ images: [[Float]], _ size: SIMD3<Int>, at: SIMD3<Int>, radius: SIMD3<Int>) -> Double {
        func mirrored(_ index: Int, _ count: Int) -> Int {
            index < 0 ? -index : index >= count ? 2 * count - 2 - index : index
        }
        var (total, sums) = (0.0, [0.0, 0, 0, 0, 0])
        for k in -radius.z...radius.z {
            for j in -radius.y...radius.y {
                for i in -radius.x...radius.x {
                    let weight = exp(-Double(i * i + j * j + k * k) / (2 * 1.5 * 1.5))
                    let row = mirrored(at.y + j, size.y) + size.y * mirrored(at.z + k, size.z)
                    let voxel = mirrored(at.x + i, size.x) + size.x * row
                    let (x, y) = (Double(images[0][voxel]), Double(images[1][voxel]))
                    total += weight
                    sums[0] += weight * x
                    sums[1] += weight * y
                    sums[2] += weight * x * x
                    sums[3] += weight * y * y
                    sums[4] += weight * x * y
                }
            }
        }
        let (mx, my) = (sums[0] / total, sums[1] / total)
        let (c1, c2) = (pow(0.01 * Self.range, 2), pow(0.03 * Self.range, 2))
        let variances = sums[2] / total - mx * mx + sums[3] / total - my * my
        let likeness = (2 * mx * my + c1) * (2 * (sums[4] / total - mx * my) + c2)
        return likeness / ((mx * mx + my * my + c1) * (variances + c2))
    }

    @Test(arguments: [
        (SIMD3(11, 12, 11), SIMD3(11, 12, 11)), (SIMD3(12, 11, 6), SIMD3(3, 2, 1)), (SIMD3(7, 6, 9), SIMD3(0, 0, 0)),
    ])
    func volumesEqualTheNaiveMeans(_ size: SIMD3<Int>, _ filled: SIMD3<Int>) throws {
        let images = images(size, filled: filled)
        let found = try #require(VolumeSimilarity(images[0], images[1], size: size, range: Self.range))
        var (every, interior, inside) = (0.0, 0.0, 0)
        for voxel in images[0].indices {
            let at = SIMD3(voxel % size.x, voxel / size.x % size.y, voxel / size.x / size.y)
            let value = naive(images, size, at: at, radius: SIMD3(5, 5, 5))
            every += value
            guard at.min() >= 5, (size &- at).min() > 5 else { continue }
            interior += value
            inside += 1
        }
        #expect(abs(found.everyVoxel - every / Double(images[0].count)) < 1e-9)
        #expect((found.interior == nil) == (inside == 0))
        if let mean = found.interior { #expect(abs(mean - interior / Double(inside)) < 1e-9) }
        #expect(VolumeSimilarity(images[1], images[0], size: size, range: Self.range) == found)
    }

    @Test func planesEqualTheNaiveMean() throws {
        let size = SIMD3(4, 9, 12)
        let images = images(size, filled: SIMD3(4, 9, 8))
        var generator = SplitMix64(seed: 10)
        let mask = (0..<images[0].count).map { $0 % size.x != 0 && generator.unit() < 0.2 }
        let voxels = mask.indices.filter { mask[$0] }
        let expected = voxels.reduce(0.0) { sum, voxel in
            let at = SIMD3(voxel % size.x, voxel / size.x % size.y, voxel / size.x / size.y)
            return sum + naive(images, size, at: at, radius: SIMD3(0, 5, 5))
        }
        let found = PlaneSimilarity.mean(images[0], images[1], where: mask, size: size, range: Self.range)
        #expect(abs(try #require(found) - expected / Double(voxels.count)) < 1e-9)
    }

    @Test func undefined() {
        let values = [Float](repeating: 1, count: 6 * 6 * 5)
        let mask = values.map { _ in true }
        #expect(VolumeSimilarity(values, values, size: SIMD3(6, 6, 5), range: 1) == nil)
        #expect(VolumeSimilarity(values, values, size: SIMD3(6, 5, 6), range: 0) == nil)
        #expect(PlaneSimilarity.mean(values, values, where: mask, size: SIMD3(6, 6, 5), range: 1) == nil)
        let nowhere = mask.map { !$0 }
        #expect(PlaneSimilarity.mean(values, values, where: nowhere, size: SIMD3(5, 6, 6), range: 1) == nil)
    }
}

@Suite struct ChallengeScoresTests {
    private static let size = SIMD3(14, 13, 12)

    /// Noise in a box in the dark, and a lesion in it.
    private func images() -> (truth: Volume, imputed: Volume, lesion: Volume) {
        var generator = SplitMix64(seed: 11)
        let count = Self.size.x * Self.size.y * Self.size.z
        let noise = [generator.image(count), generator.image(count)]
        func filled(_ value: (Int) -> Float, _ margin: Int) -> Volume {
            volume(
                Self.size,
                (0..<count).map { voxel in
                    let at = SIMD3(voxel % 14, voxel / 14 % 13, voxel / 14 / 13)
                    return at.min() >= margin && (Self.size &- at).min() > margin ? value(voxel) : 0
                })
        }
        return (
            filled({ 100 + 300 * noise[0][$0] }, 1), filled({ 80 + 200 * noise[0][$0] + 50 * noise[1][$0] }, 1),
            filled({ _ in 1 }, 4)
        )
    }

    private func json(_ scores: ChallengeScores) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(scores))
        return try #require(object as? [String: Any])
    }

    @Test func everyKeyHasAValueAndADefinition() throws {
        let (truth, imputed, lesion) = images()
        let object = try json(try ChallengeScores(truth: truth, imputed: imputed, lesion: lesion))
        let keys = [
            "brasyn_ssim_healthy", "brasyn_ssim_healthy_interior", "brasyn_ssim_tumor", "brasyn_ssim_tumor_interior",
            "inpainting_mae", "inpainting_mse", "inpainting_msle", "inpainting_psnr", "inpainting_psnr_01",
            "inpainting_psnr_01_eps", "inpainting_psnr_eps", "inpainting_rmse", "inpainting_ssim",
        ]
        #expect(object.keys.sorted() == (keys + ["definitions"]).sorted())
        #expect(keys.allSatisfy { object[$0] is Double })
        let definitions = try #require(object["definitions"] as? [String: String])
        #expect(definitions.keys.sorted() == keys && definitions.values.allSatisfy { !$0.isEmpty })
    }

    /// BraSyn takes each volume's own percentiles: scale and offset of the imputed one do not count, if 0 stays.
    @Test func scaleCountsInInpaintingAlone() throws {
        let (truth, imputed, lesion) = images()
        let double = volume(Self.size, imputed.voxels.map { 2 * $0 })
        let scores = try [imputed, double].map { try ChallengeScores(truth: truth, imputed: $0, lesion: lesion) }
        for key in ["brasyn_ssim_tumor", "brasyn_ssim_healthy"] {
            #expect(abs(try #require(scores[0][key]) - (try #require(scores[1][key]))) < 1e-6)
        }
        #expect(scores[0]["inpainting_mse"] != scores[1]["inpainting_mse"])
    }

    @Test func equalImages() throws {
        let (truth, _, lesion) = images()
        let scores = try ChallengeScores(truth: truth, imputed: truth, lesion: lesion)
        #expect(scores["inpainting_mse"] == 0 && scores["inpainting_psnr"] == .infinity)
        #expect(abs(try #require(scores["brasyn_ssim_tumor"]) - 1) < 1e-12)
        #expect(abs(try #require(scores["inpainting_psnr_01_eps"]) - 520 * log10(2)) < 1e-9)
        #expect(try json(scores)["inpainting_psnr"] is NSNull)
        #expect(try JSONDecoder().decode(ChallengeScores.self, from: try JSONEncoder().encode(scores)) == scores)
    }

    @Test func anEmptyLesionAndATruthOfZeros() throws {
        let (truth, imputed, lesion) = images()
        let nothing = volume(Self.size, truth.voxels.map { _ in 0 })
        let without = try ChallengeScores(truth: truth, imputed: imputed, lesion: nothing)
        #expect(without["brasyn_ssim_tumor"] == nil && without["inpainting_mse"] == nil)
        #expect(without["brasyn_ssim_healthy"] != nil)
        let dark = try ChallengeScores(truth: nothing, imputed: imputed, lesion: lesion)
        #expect(ChallengeMetric.all.allSatisfy { dark[$0.key] == nil })
        #expect(try JSONDecoder().decode(ChallengeScores.self, from: try JSONEncoder().encode(dark)) == dark)
    }

    @Test func refusals() throws {
        let (truth, imputed, lesion) = images()
        var broken = imputed
        broken[3, 3, 3] = .nan
        let error = #expect(throws: MetricsError.self) {
            try ChallengeScores(truth: truth, imputed: broken, lesion: lesion)
        }
        #expect(error?.code == .notFinite && error?.subject == .imputed)
    }
}
