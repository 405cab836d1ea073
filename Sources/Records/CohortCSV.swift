import Files
import Metrics

/// `metrics.csv`: one row per patient and contrast. The columns are part of the contract (docs/reference/outputs.md).
package enum CohortCSV {
    /// The columns in their order.
    package static let columns: [String] =
        ["patient", "contrast", "command", "inputs"] + scoreColumns("") + scoreColumns("zero_fill_") + ["copy_of"]
        + scoreColumns("copy_") + scoreColumns("regression_")
        + ChallengeMetric.all.map { "challenge_\($0.key)" }
        + selfCheckMetrics.map { "self_check_\($0.key)" } + ["intensity_scale", "model_sha256", "file", "warnings"]

    private static let selfCheckMetrics = Metric.shown(in: .charts)

    /// Adds a patient's rows in the order of the model's contrasts.
    package static func append(_ record: PatientRecord, order: [String], to table: inout CSVTable) {
        for name in order {
            guard let contrast = record.contrasts[name] else { continue }
            var row = [
                "patient": record.patient, "contrast": name, "command": record.command,
                "inputs": contrast.inputs.joined(separator: " "), "intensity_scale": "\(contrast.intensityScale)",
                "model_sha256": record.model.sha256, "file": contrast.file,
                "warnings": (record.warnings + contrast.warnings).map(\.description).joined(separator: "; "),
            ]
            add(contrast.scores, "", to: &row)
            add(contrast.baselines?.zeroFill, "zero_fill_", to: &row)
            if let best = contrast.baselines?.bestCopy {
                row["copy_of"] = best
                add(contrast.baselines?.copies[best], "copy_", to: &row)
            }
            add(contrast.baselines?.regression, "regression_", to: &row)
            for metric in ChallengeMetric.all {
                row["challenge_\(metric.key)"] = contrast.challenge?[metric.key].map { "\($0)" }
            }
            for metric in selfCheckMetrics {
                row["self_check_\(metric.key)"] = mean(contrast.selfCheck.values.compactMap { $0.scores[metric] })
                    .map { "\($0)" }
            }
            table.append(row)
        }
    }

    static func scoreColumns(_ prefix: String) -> [String] { ScoreTable.places.map { prefix + $0.key } }

    static func add(_ scores: Scores?, _ prefix: String, to row: inout [String: String]) {
        for place in ScoreTable.places { row[prefix + place.key] = scores?.table[place.key].map { "\($0)" } }
    }

    /// Sorted first, so that the mean does not depend on the order of a dictionary.
    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted().reduce(0, +) / Double(values.count)
    }
}
