/// The numbers of method.md §6 over one region; nil or NaN where a number does not exist and is shown as "–".
package struct ScoreNumbers: Sendable, Codable, Equatable {
    /// Σ(x−x̂)² / Σx², 0 is perfect.
    package var nmse: Double?
    /// Structural similarity, at most 1.
    package var ssim: Double?
    /// Peak signal-to-noise ratio in dB; infinite for identical images.
    package var psnr: Double?
    /// Mean absolute error in normalised intensity.
    package var mae: Double?

    /// Numbers of one region; leave out what was not computed.
    package init(nmse: Double? = nil, ssim: Double? = nil, psnr: Double? = nil, mae: Double? = nil) {
        (self.nmse, self.ssim, self.psnr, self.mae) = (nmse, ssim, psnr, mae)
    }
}

/// Scores of one way to fill in a contrast: the network or a baseline.
package struct ScoreRow: Sendable, Codable, Equatable {
    /// The ways a contrast can be filled in (method.md §6).
    package enum Method: String, Sendable, Codable, CaseIterable {
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
    package var method: Method
    /// For `copy`: the name of the contrast that was copied.
    package var detail: String?
    /// Over the whole volume.
    package var whole: ScoreNumbers
    /// Inside the brain mask.
    package var brain: ScoreNumbers?
    /// Inside the lesion mask, where there is one.
    package var lesion: ScoreNumbers?

    /// One row of a table of scores.
    package init(
        _ method: Method, detail: String? = nil, whole: ScoreNumbers, brain: ScoreNumbers? = nil,
        lesion: ScoreNumbers? = nil
    ) {
        (self.method, self.detail, self.whole, self.brain, self.lesion) = (method, detail, whole, brain, lesion)
    }

    /// What the row is called in tables, e.g. "Copy of T2".
    package var title: String {
        switch method {
        case .network: "Network"
        case .regression: "Quadratic regression"
        case .copy: detail.map { "Copy of \($0)" } ?? "Nearest-contrast copy"
        case .zeroFill: "Zero fill"
        }
    }
}
