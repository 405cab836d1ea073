import Metrics
import Volumes

/// Scores of one contrast over held-out patients: means of method.md §6 over the slices looked at, background included.
package struct ValidationScore: Sendable, Equatable {
    /// Of the metrics that stand in summaries; without those that are not finite for every patient.
    package private(set) var means = ScoreTable()
    /// Number of patients that these are the means of.
    package let patients: Int
    /// The same by patient's name; empty in what version 0.1 wrote.
    package private(set) var perPatient: [String: ScoreTable] = [:]

    /// - Parameter scores: of every patient, nil where the image held values that are not finite.
    init(_ scores: [(patient: String, scores: Scores?)]) {
        patients = scores.count
        for metric in Metric.shown(in: .summaries) {
            let values = scores.compactMap { $0.scores?[metric] }.filter(\.isFinite)
            if values.count == scores.count { means[metric] = values.reduce(0, +) / Double(values.count) }
            for (patient, scores) in scores { perPatient[patient, default: ScoreTable()][metric] = scores?[metric] }
        }
    }

    package subscript(_ metric: Metric) -> Double? { means[metric] }

    /// What models are ranked by: 0 is perfect, 1 is what an image of zeros gets.
    package var nmse: Double? { self[.nmse] }
}

extension ValidationScore: Codable {
    private enum CodingKeys: String, CodingKey {
        case patients, perPatient
    }

    package func encode(to encoder: any Encoder) throws {
        try means.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(patients, forKey: .patients)
        try container.encode(perPatient, forKey: .perPatient)
    }

    package init(from decoder: any Decoder) throws {
        means = try ScoreTable(from: decoder)
        let container = try decoder.container(keyedBy: CodingKeys.self)
        patients = try container.decode(Int.self, forKey: .patients)
        perPatient = try container.decodeIfPresent([String: ScoreTable].self, forKey: .perPatient) ?? [:]
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
