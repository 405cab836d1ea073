import Metrics
import Volumes

/// Scores of one contrast over held-out patients: means of METHOD §6 over the slices looked at, background included.
public struct ValidationScore: Sendable, Codable, Equatable {
    /// 0 is perfect, 1 is what an image of zeros gets; nil if it is not a number for every patient.
    public var nmse: Double?
    /// At most 1; nil if it is not defined for every patient.
    public var ssim: Double?
    /// In dB; nil if it is not finite for every patient.
    public var psnr: Double?
    /// Number of patients that these are the means of.
    public var patients: Int

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
public struct ValidationBaselines: Sendable {
    public var zeroFill: [ValidationScore?]
    /// The best copy of another contrast, patient by patient.
    public var copy: [ValidationScore?]
    /// Which contrasts were copied.
    public var copied: [[Int]]
    /// Quadratic regression fitted on the training patients.
    public var regression: [ValidationScore?]
    /// Of one patient: what was acquired, and what the regression makes of it.
    public var acquired: ValidationSample
    public var regressed: ValidationSample
}

/// What held-out patients give with a network.
public struct ValidationResult: Sendable {
    public var step: Int
    /// Spent on training so far.
    public var seconds: Double
    /// One per contrast, synthesised from all others that a patient has; nil where no patient has it.
    public var scores: [ValidationScore?]
    /// Mean NMSE over the contrasts; nil if one of them is not a number.
    public var mean: Double?
    /// Whether the mean is the smallest so far, so that this model is kept.
    public var isBest: Bool
    /// What the network makes of the patient whose acquired images came with the baselines.
    public var imputed: ValidationSample
}

/// A few slices of one held-out patient, in RAS order, with normalised intensities.
public struct ValidationSample: Sendable {
    public var patient: String
    /// 1 inside the brain.
    public var brain: Volume
    /// One per contrast; nil where there is none.
    public var images: [Volume?]
}
