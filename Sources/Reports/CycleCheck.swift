/// What a re-synthesis of one contrast usually reaches, stored with the model.
package struct CycleReference: Sendable, Codable, Equatable {
    /// Usual NMSE, e.g. the median over validation patients.
    package var nmse: Double
    /// Usual SSIM.
    package var ssim: Double?
    /// Largest NMSE that still counts as usual.
    package var limit: Double
    /// Where the numbers come from, e.g. "median of 6 validation patients, limit twice the median".
    package var source: String

    /// A reference for one contrast.
    package init(nmse: Double, ssim: Double? = nil, limit: Double, source: String) {
        (self.nmse, self.ssim, self.limit, self.source) = (nmse, ssim, limit, source)
    }
}

/// The check without ground truth of method.md §7: an available contrast, re-synthesised with the imputed image among the
/// inputs, compared with the acquired one.
package struct CycleCheck: Sendable, Codable, Equatable {
    /// How the comparison came out.
    package enum Verdict: String, Sendable, Codable {
        /// NMSE within the reference's limit.
        case usual
        /// NMSE above the limit, up to twice of it.
        case raised
        /// NMSE above twice the limit, or not a number.
        case unusual
        /// The model carries no reference for this contrast.
        case noReference
    }

    /// Name of the re-synthesised, available contrast.
    package var contrast: String
    /// NMSE of the re-synthesis against the acquired contrast.
    package var nmse: Double
    /// SSIM of the same.
    package var ssim: Double?
    /// What is usual, nil where the model carries no reference.
    package var reference: CycleReference?

    /// One re-synthesised contrast; `reference` nil where the model carries none.
    package init(contrast: String, nmse: Double, ssim: Double? = nil, reference: CycleReference? = nil) {
        (self.contrast, self.nmse, self.ssim, self.reference) = (contrast, nmse, ssim, reference)
    }

    /// The NMSE measured against the reference's limit.
    package var verdict: Verdict {
        guard nmse.isFinite else { return .unusual }
        guard let limit = reference?.limit, limit.isFinite else { return .noReference }
        return nmse <= limit ? .usual : nmse <= 2 * limit ? .raised : .unusual
    }
}
