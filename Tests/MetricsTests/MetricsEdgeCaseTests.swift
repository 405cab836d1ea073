import Foundation
import Metrics
import Testing
import Volumes

@Suite struct MetricsEdgeCaseTests {
    private let size = SIMD3(12, 12, 2)

    private func constant(_ value: Float) -> Volume {
        volume(size, [Float](repeating: value, count: 12 * 12 * 2))
    }

    private func json(_ scores: Scores) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(scores))
        return try #require(object as? [String: Any])
    }

    @Test func equalVolumes() throws {
        let truth = Golden.all[0].volumes.truth
        let scores = try ImageMetrics.score(truth: truth, imputed: truth)
        #expect(scores.nmse == 0 && scores[.mae] == 0 && scores[.psnr] == .infinity)
        #expect(abs(try #require(scores[.ssim]) - 1) < 1e-12)
        let object = try json(scores)
        #expect(object["psnr"] is NSNull)
        #expect(object["nmse"] as? Double == 0)
        let decoded = try JSONDecoder().decode(Scores.self, from: try JSONEncoder().encode(scores))
        #expect(decoded == scores)
    }

    @Test func truthOfZeros() throws {
        let scores = try ImageMetrics.score(truth: constant(0), imputed: constant(0.5))
        #expect(scores.nmse == .infinity && scores[.ssim] == nil && scores.ssimPerSlice == [])
        #expect(abs(try #require(scores[.psnr]) - 10 * log10(4)) < 1e-12)
        #expect(try ImageMetrics.score(truth: constant(0), imputed: constant(0)).nmse.isNaN)
        let object = try json(scores)
        #expect(object["nmse"] is NSNull && object["ssim"] is NSNull)
        #expect((object["ssim_per_slice"] as? [Double])?.isEmpty == true)
    }

    @Test func slicesBelowTheWindowHaveNoSSIM() throws {
        let small = volume(SIMD3(10, 40, 1), [Float](repeating: 1, count: 400))
        let scores = try ImageMetrics.score(truth: small, imputed: small, brain: small)
        #expect(scores[.ssim] == nil && scores[.ssim, .brain] == nil && scores.nmse == 0)
    }

    @Test func emptyMasks() throws {
        let error = #expect(throws: MetricsError.self) {
            try ImageMetrics.score(truth: constant(1), imputed: constant(1), brain: constant(0))
        }
        #expect(error?.code == .emptyMask && error?.subject == .brain)
        let scores = try ImageMetrics.score(truth: constant(1), imputed: constant(1), lesion: constant(0))
        #expect(Metric.all.allSatisfy { scores[$0, .lesion] == nil })
        let object = try json(scores)
        #expect(["nmse_lesion", "psnr_lesion", "mae_lesion", "ssim_gain_lesion"].allSatisfy { object[$0] is NSNull })
    }

    @Test func keys() throws {
        let (truth, imputed, mask) = Golden.all[0].volumes
        let everywhere = [
            "mae", "mae_gain", "nmse", "nmse_gain", "psnr", "psnr_gain", "ssim", "ssim_gain",
        ]
        let plain = everywhere + ["gain", "gmsd", "sharpness", "ssim_per_slice"]
        #expect(try json(ImageMetrics.score(truth: truth, imputed: imputed)).keys.sorted() == plain.sorted())
        let scores = try ImageMetrics.score(truth: truth, imputed: imputed, brain: mask, lesion: mask)
        let regions = ["_brain", "_lesion", "_outside_lesion"].flatMap { region in everywhere.map { $0 + region } }
        #expect(try json(scores).keys.sorted() == (plain + regions).sorted())
    }

    @Test func refusals() throws {
        let good = constant(1)
        var broken = good
        broken[1, 2, 1] = .nan
        broken[1, 3, 1] = .infinity
        var moved = good
        moved.grid.affine.origin.x += 0.01
        let other = volume(SIMD3(12, 12, 1), [Float](repeating: 1, count: 144))
        let cases: [(MetricsError.Code, MetricsError.Subject, String, () throws -> Scores)] = [
            (.notFinite, .truth, "2 voxels", { try ImageMetrics.score(truth: broken, imputed: good) }),
            (.notFinite, .imputed, "imputed", { try ImageMetrics.score(truth: good, imputed: broken) }),
            (.notFinite, .brain, "brain mask", { try ImageMetrics.score(truth: good, imputed: good, brain: broken) }),
            (.gridMismatch, .imputed, "12×12×1", { try ImageMetrics.score(truth: good, imputed: other) }),
            (.gridMismatch, .brain, "affine", { try ImageMetrics.score(truth: good, imputed: good, brain: moved) }),
            (.gridMismatch, .lesion, "lesion", { try ImageMetrics.score(truth: good, imputed: good, lesion: other) }),
            (.badRange, .range, "0", { try ImageMetrics.score(truth: good, imputed: good, range: 0) }),
            (.badRange, .range, "nan", { try ImageMetrics.score(truth: good, imputed: good, range: .nan) }),
        ]
        for (code, subject, text, body) in cases {
            let error = #expect(throws: MetricsError.self) { try body() }
            #expect(error?.code == code && error?.subject == subject)
            #expect(error?.message.contains(text) == true && error?.message.contains("\n") == false)
        }
        moved.grid.affine.origin.x -= 0.0095
        #expect(throws: Never.self) { try ImageMetrics.score(truth: good, imputed: moved) }
    }
}
