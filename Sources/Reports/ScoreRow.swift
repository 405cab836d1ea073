/// The numbers of METHOD §6 over one region; nil or NaN where a number does not exist and is shown as "–".
public struct ScoreNumbers: Sendable, Codable, Equatable {
    /// Σ(x−x̂)² / Σx², 0 is perfect.
    public var nmse: Double?
    /// Structural similarity, at most 1.
    public var ssim: Double?
    /// Peak signal-to-noise ratio in dB; infinite for identical images.
    public var psnr: Double?
    /// Mean absolute error in normalised intensity.
    public var mae: Double?

    /// Numbers of one region; leave out what was not computed.
    public init(nmse: Double? = nil, ssim: Double? = nil, psnr: Double? = nil, mae: Double? = nil) {
        (self.nmse, self.ssim, self.psnr, self.mae) = (nmse, ssim, psnr, mae)
    }
}

/// Scores of one way to fill in a contrast: the network or a baseline.
public struct ScoreRow: Sendable, Codable, Equatable {
    /// The ways a contrast can be filled in (METHOD §6).
    public enum Method: String, Sendable, Codable, CaseIterable {
        /// The network.
        case network
        /// Voxelwise quadratic regression from the other contrasts.
        case regression
        /// The available contrast that scores best when taken as it is.
        case copy
        /// An image of zeros.
        case zeroFill
    }

    /// How the contrast was filled in.
    public var method: Method
    /// For `copy`: the name of the contrast that was copied.
    public var detail: String?
    /// Over the whole volume.
    public var whole: ScoreNumbers
    /// Inside the brain mask.
    public var brain: ScoreNumbers?
    /// Inside the lesion mask, where there is one.
    public var lesion: ScoreNumbers?

    /// One row of a table of scores.
    public init(
        _ method: Method, detail: String? = nil, whole: ScoreNumbers, brain: ScoreNumbers? = nil,
        lesion: ScoreNumbers? = nil
    ) {
        (self.method, self.detail, self.whole, self.brain, self.lesion) = (method, detail, whole, brain, lesion)
    }

    /// What the row is called in tables, e.g. "Copy of T2".
    public var title: String {
        switch method {
        case .network: "Network"
        case .regression: "Quadratic regression"
        case .copy: detail.map { "Copy of \($0)" } ?? "Nearest-contrast copy"
        case .zeroFill: "Zero fill"
        }
    }
}
