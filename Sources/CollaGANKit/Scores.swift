import Metrics

/// Metrics of an imputed image (docs/explanation/method.md, 6), over all voxels and by region.
public struct Scores: Sendable {
    /// Where the voxels lie that a score is taken over.
    public enum Region: Sendable, CaseIterable {
        case whole, brain, lesion, outsideLesion
    }

    let scores: Metrics.Scores

    /// Keys of the metrics, "nmse" and others: docs/reference/outputs.md, "Scores".
    public static let metrics = Metric.all.map(\.key)

    /// Compares an image with the truth on the same grid, as the intensities are.
    /// - Parameters:
    ///   - brain: brain mask, above 0 inside.
    ///   - lesion: segmentation, above 0 inside.
    ///   - range: dynamic range R of the intensities, for PSNR and SSIM.
    /// - Throws: `Refusal` if grids differ, for an empty brain mask or a range that is not above 0.
    public init(
        truth: Image, imputed: Image, brain: Image? = nil, lesion: Image? = nil, range: Double = 1
    ) throws(Refusal) {
        scores = try refusing {
            try ImageMetrics.score(
                truth: truth.volume, imputed: imputed.volume, brain: brain?.volume, lesion: lesion?.volume,
                range: range)
        }
    }

    init(_ scores: Metrics.Scores) { self.scores = scores }

    /// A score by its metric's key; nil where it is undefined.
    public subscript(_ metric: String, in region: Region = .whole) -> Double? {
        Metric.all.first { $0.key == metric }.flatMap { scores[$0, region.inner] }
    }

    /// Σ(x−x̂)² ÷ Σx² over all voxels: 0 is perfect, 1 is what an image of zeros gets.
    public var nmse: Double? { self["nmse"] }
    /// dB, over all voxels.
    public var psnr: Double? { self["psnr"] }
    /// Mean structural similarity of the slices that hold brain.
    public var ssim: Double? { self["ssim"] }
}

extension Scores.Region {
    fileprivate var inner: Metrics.Region {
        switch self {
        case .whole: .whole
        case .brain: .brain
        case .lesion: .lesion
        case .outsideLesion: .outsideLesion
        }
    }
}
