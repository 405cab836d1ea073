import ElementaryFunctions
import Foundation

/// How well an imputed image matches the truth in one region (method.md §6).
package struct RegionScores: Sendable, Equatable {
    /// Σ(x−x̂)² / Σx²; 0 is perfect, 1 is what an image of zeros gets. NaN if the region is empty or both images are 0 in it, infinite if
    /// only the truth is.
    package var nmse: Double
    /// 10·log₁₀(R²/MSE) in dB; infinite if the images are equal in the region, NaN if it is empty.
    package var psnr: Double
    /// Mean |x−x̂|; NaN if the region is empty.
    package var mae: Double
    /// Structural similarity, at most 1; nil where it is not defined (no slice holds brain, slices below 11×11, a region that does not reach
    /// the interior of any slice).
    package var ssim: Double?

    /// Takes the values as they are.
    package init(nmse: Double, psnr: Double, mae: Double, ssim: Double?) {
        (self.nmse, self.psnr, self.mae, self.ssim) = (nmse, psnr, mae, ssim)
    }
}

/// Sums over the voxels of a region, from which its scores follow.
struct RegionSums: Sendable {
    var voxels = 0
    var squaredTruth = 0.0
    var squaredError = 0.0
    var absoluteError = 0.0
    var similarity = 0.0
    var similarityPixels = 0

    mutating func add(truth: Float, imputed: Float) {
        let truth = Double(truth)
        let error = truth - Double(imputed)
        voxels += 1
        squaredTruth += truth * truth
        squaredError += error * error
        absoluteError += abs(error)
    }

    mutating func addSimilarity(_ value: Double) {
        similarity += value
        similarityPixels += 1
    }

    mutating func add(_ other: RegionSums) {
        voxels += other.voxels
        squaredTruth += other.squaredTruth
        squaredError += other.squaredError
        absoluteError += other.absoluteError
        similarity += other.similarity
        similarityPixels += other.similarityPixels
    }

    /// Scores with the mean of the SSIM map over the region's pixels as SSIM.
    func scores(range: Double) -> RegionScores {
        guard voxels > 0 else { return RegionScores(nmse: .nan, psnr: .nan, mae: .nan, ssim: nil) }
        let meanSquare = squaredError / Double(voxels)
        return RegionScores(
            nmse: squaredError / squaredTruth,
            psnr: 10 * Elementary.log10(range * range / meanSquare),
            mae: absoluteError / Double(voxels),
            ssim: similarityPixels > 0 ? similarity / Double(similarityPixels) : nil)
    }
}
