import Files

/// `subsets.csv`: one row per patient, contrast and subset of its inputs. The columns are part of the contract
/// (docs/reference/subsets.md).
package enum SubsetCSV {
    /// The columns in their order.
    package static let columns: [String] =
        ["patient", "contrast", "inputs", "input_count", "all_inputs"] + CohortCSV.scoreColumns("")
        + CohortCSV.scoreColumns("zero_fill_") + ["copy_of"] + CohortCSV.scoreColumns("copy_")
        + CohortCSV.scoreColumns("regression_") + ["model_sha256", "note"]

    /// Adds a patient's rows in the order of the model's contrasts; the row of all inputs is the last one of a
    /// contrast.
    package static func append(_ record: PatientRecord, order: [String], to table: inout CSVTable) {
        for name in order {
            guard let contrast = record.contrasts[name] else { continue }
            for subset in contrast.subsets ?? [] {
                var row = [
                    "patient": record.patient, "contrast": name, "inputs": subset.inputs.joined(separator: " "),
                    "input_count": "\(subset.inputs.count)",
                    "all_inputs": subset.inputs == contrast.inputs ? "true" : "false",
                    "model_sha256": record.model.sha256,
                ]
                row["copy_of"] = subset.bestCopy
                row["note"] = subset.note
                CohortCSV.add(subset.scores, "", to: &row)
                CohortCSV.add(contrast.baselines?.zeroFill, "zero_fill_", to: &row)
                CohortCSV.add(subset.copy, "copy_", to: &row)
                CohortCSV.add(subset.regression, "regression_", to: &row)
                table.append(row)
            }
        }
    }
}
