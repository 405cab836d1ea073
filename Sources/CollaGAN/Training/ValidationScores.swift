import Metrics
import Volumes

/// Scores of one contrast over held-out patients: means of method.md §6 over the slices looked at, background included.
package struct ValidationScore: Sendable, Codable, Equatable {
    /// 0 is perfect, 1 is what an image of zeros gets; nil if it is not a number for every patient.
    package var nmse: Double?
    /// At most 1; nil if it is not defined for every patient.
    package var ssim: Double?
    /// In dB; nil if it is not finite for every patient.
    package var psnr: Double?
    /// Number of patients that these are the means of.
    package var patients: Int

    /// - Parameter scores: one per patient, nil where the image held values that are not finite.
    init(_ scores: [RegionScores?]) {
        func mean(_ value: (RegionScores) -> Double?) -> Double? {
            let values = scores.compactMap { $0.flatMap(value) }.filter(\.isFinite)
            return values.count == scores.count ? values.reduce(0, +) / Double(values.count) : nil
        }
        (nmse, ssim, psnr, patients) = (mean(\.nmse), mean(\.ssim), mean(\.psnr), scores.count)
    }
}

/// What held-out patients give without a network; each list has one entry per contrast, nil where no patient has it.
package struct ValidationBaselines: Sendable {
    package var zeroFill: [ValidationScore?]
    /// The best copy of another contrast, patient by patient.
    package var copy: [ValidationScore?]
    /// Which contrasts were copied.
    package var copied: [[Int]]
    /// Quadratic regression fitted on the training patients.
    package var regression: [ValidationScore?]
    /// Of one patient: what was acquired, and what the regression makes of it.
    package var acquired: ValidationSample
    package var regressed: ValidationSample
}

/// What held-out patients give with a network.
package struct ValidationResult: Sendable {
    package var step: Int
    /// Spent on training so far.
    package var seconds: Double
    /// One per contrast, synthesised from all others that a patient has; nil where no patient has it.
    package var scores: [ValidationScore?]
    /// Mean NMSE over the contrasts; nil if one of them is not a number.
    package var mean: Double?
    /// Whether the mean is the smallest so far, so that this model is kept.
    package var isBest: Bool
    /// What the network makes of the patient whose acquired images came with the baselines.
    package var imputed: ValidationSample
}

/// A few slices of one held-out patient, in RAS order, with normalised intensities.
package struct ValidationSample: Sendable {
    package var patient: String
    /// 1 inside the brain.
    package var brain: Volume
    /// One per contrast; nil where there is none.
    package var images: [Volume?]
}
