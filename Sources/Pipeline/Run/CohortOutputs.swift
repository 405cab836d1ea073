import Foundation
import Reports

/// The files about all patients together: `metrics.csv`, `report.html` and, where subsets were evaluated, `subsets.*`.
struct CohortOutputs {
    let model: ModelFile
    let folder: OutputFolder
    let settings: RunSettings
    let patients: [Patient]

    /// Gathers the patients' records from the folder of results and writes both files.
    /// - Returns: mean scores, for the end of the run.
    func write(_ manifest: RunManifest) throws(PipelineError) -> (ScoreSummary, SubsetSummary) {
        let order = model.description.contrasts
        var table = CSVTable(columns: CohortCSV.columns)
        var summary = ScoreSummary(order: order)
        var subsetTable = CSVTable(columns: SubsetCSV.columns)
        var subsets = SubsetSummary(order: order, model: ModelRecord(model))
        var lines: [CohortPatient] = []
        for (patient, entry) in zip(patients, manifest.patients) {
            let names = ResultNames(patient)
            let hasResult = entry.status == .done || entry.status == .skipped && !entry.files.isEmpty
            let record = hasResult ? JSONFile.read(PatientRecord.self, from: "\(folder.path)/\(names.metrics)") : nil
            if let record {
                CohortCSV.append(record, order: order, to: &table)
                summary.add(record)
                SubsetCSV.append(record, order: order, to: &subsetTable)
                subsets.add(record)
            }
            lines.append(ReportPages.cohort(entry, record, report: names.report, order: order))
        }
        try AtomicFile.write(table.text(), to: "\(folder.path)/metrics.csv")
        let count = patients.count == 1 ? "1 patient" : "\(patients.count) patients"
        let title = (settings.mode == .evaluate ? "Evaluation of " : "Imputation of ") + count
        let hasSubsets = try write(subsets, subsetTable)
        let report = CohortReport(
            title: title, patients: lines, subsets: hasSubsets ? "subsets.html" : nil,
            provenance: ReportPages.provenance(ModelRecord(model)))
        try AtomicFile.write(report.html(), to: "\(folder.path)/report.html")
        return (summary, subsets)
    }

    /// Writes `subsets.*` if they were asked for or an earlier run made them; else removes what is there of them.
    private func write(_ subsets: SubsetSummary, _ table: CSVTable) throws(PipelineError) -> Bool {
        let base = "\(folder.path)/subsets"
        guard settings.mode == .evaluate && settings.evaluatesSubsets || !subsets.isEmpty else {
            for suffix in ["csv", "json", "html"] { unlink("\(base).\(suffix)") }
            return false
        }
        try AtomicFile.write(table.text(), to: "\(base).csv")
        try JSONFile.write(subsets, to: "\(base).json")
        let count = subsets.patients.count
        let page = ReportPages.subsets(subsets, of: count == 1 ? subsets.patients[0] : "\(count) patients")
        try AtomicFile.write(page.html(), to: "\(base).html")
        return true
    }
}
