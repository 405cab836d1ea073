import Reports

/// The files about all patients together: `metrics.csv` and `report.html`.
struct CohortOutputs {
    let model: ModelFile
    let folder: OutputFolder
    let command: String
    let patients: [Patient]

    /// Gathers the patients' records from the folder of results and writes both files.
    /// - Returns: mean scores, for the end of the run.
    func write(_ manifest: RunManifest) throws(PipelineError) -> ScoreSummary {
        let order = model.description.contrasts
        var table = CSVTable(columns: CohortCSV.columns)
        var summary = ScoreSummary(order: order)
        var lines: [CohortPatient] = []
        for (patient, entry) in zip(patients, manifest.patients) {
            let names = ResultNames(patient)
            let hasResult = entry.status == .done || entry.status == .skipped && !entry.files.isEmpty
            let record = hasResult ? JSONFile.read(PatientRecord.self, from: "\(folder.path)/\(names.metrics)") : nil
            if let record {
                CohortCSV.append(record, order: order, to: &table)
                summary.add(record)
            }
            lines.append(ReportPages.cohort(entry, record, report: names.report, order: order))
        }
        try AtomicFile.write(table.text(), to: "\(folder.path)/metrics.csv")
        let count = patients.count == 1 ? "1 patient" : "\(patients.count) patients"
        let title = (command == "evaluate" ? "Evaluation of " : "Imputation of ") + count
        let report = CohortReport(
            title: title, patients: lines, provenance: ReportPages.provenance(ModelRecord(model)))
        try AtomicFile.write(report.html(), to: "\(folder.path)/report.html")
        return summary
    }
}
