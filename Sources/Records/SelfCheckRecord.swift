import Metrics

/// How well an available contrast can be made again once the imputed one stands in (method.md §7).
package struct SelfCheckRecord: Codable, Sendable, Equatable {
    /// Over the network's slices, without a list of them.
    package var scores: Scores
    /// NMSE of the contrast whose plain copy comes nearest; where `usualNMSE` is nil, a self-check that is worse is a
    /// warning.
    package var copyNMSE: Double?
    package var copyOf: String?
    /// Median NMSE of the same check on the model's training patients, with which this one is compared; nil where the
    /// model does not know it.
    package var usualNMSE: Double?
    /// Largest region in which the two differ much more than elsewhere, in mm³.
    package var regionVolume: Double
    /// Its centre in mm of the patient's world.
    package var regionCentre: [Double]

    package init(
        scores: Scores, copyNMSE: Double? = nil, copyOf: String? = nil, usualNMSE: Double?, regionVolume: Double = 0,
        regionCentre: [Double] = [0, 0, 0]
    ) {
        self.scores = scores
        self.copyNMSE = copyNMSE
        self.copyOf = copyOf
        self.usualNMSE = usualNMSE
        self.regionVolume = regionVolume
        self.regionCentre = regionCentre
    }
}

extension SelfCheckRecord {
    /// How the comparison came out.
    package enum Verdict: String, Sendable {
        /// NMSE within the limit.
        case usual
        /// NMSE above the limit, up to twice of it.
        case raised
        /// NMSE above twice the limit, or not a number.
        case unusual
        /// The model does not know what is usual.
        case noReference
    }

    /// NMSE up to this many times the training patients' is usual: a patient that was not trained on is always somewhat
    /// worse.
    private static let usualFactor = 2.0

    /// Largest NMSE that still counts as usual; nil where the model does not know it.
    package var limit: Double? { usualNMSE.map { Self.usualFactor * $0 } }

    package var verdict: Verdict {
        guard scores.nmse.isFinite else { return .unusual }
        guard let limit, limit.isFinite else { return .noReference }
        return scores.nmse <= limit ? .usual : scores.nmse <= 2 * limit ? .raised : .unusual
    }
}
