import Files
import Foundation
import Metrics
import Records
import Reports

/// The files about all patients together: `metrics.csv` and `report.html` while the run goes on, `subsets.*` at its end. Or all of them
/// at once, of what parts have made.
///
/// `metrics.csv` has the rows of every patient of the run whose results lie in the folder, also of an earlier run's until this one
/// comes to the patient.
struct CohortOutputs: Sendable {
    private let model: ModelRecord
    /// The model's contrasts.
    private let order: [String]
    private let evaluatesSubsets: Bool
    private let folder: OutputFolder
    /// Finished lines of `metrics.csv`, by patient.
    private var rows: [String] = []
    private var lines: [CohortPatient] = []
    private var pageWritten: ContinuousClock.Instant?
    /// Means over the patients settled so far.
    private(set) var scores: ScoreSummary
    private(set) var subsets: SubsetSummary

    /// Records that `collect` holds in memory at once.
    private static let recordsAtOnce = 32

    /// How often the page is written while the run goes on.
    private static let pageInterval = Duration.seconds(20)

    init(model: ModelRecord, order: [String], evaluatesSubsets: Bool, folder: OutputFolder) {
        (self.model, self.order, self.evaluatesSubsets, self.folder) = (model, order, evaluatesSubsets, folder)
        scores = ScoreSummary(order: order)
        subsets = SubsetSummary(order: order, model: model)
    }

    /// Writes what earlier runs left.
    mutating func begin(_ manifest: RunManifest) throws(CollaGANError) {
        rows = manifest.patients.map { rows(record(of: $0)) }
        lines = manifest.patients.map { page($0, nil) }
        try writeRows()
        try writePage(manifest)
    }

    /// Takes in what became of a patient.
    /// - Parameter record: of its results; nil where there are none of this run, those of an earlier run may then still be there.
    mutating func settle(_ index: Int, _ record: PatientRecord?, _ manifest: RunManifest) throws(CollaGANError) {
        let entry = manifest.patients[index]
        add(record)
        lines[index] = page(entry, record)
        let row = rows(record ?? self.record(of: entry))
        if row != rows[index] {
            rows[index] = row
            try writeRows()
        }
        if let pageWritten, .now - pageWritten < Self.pageInterval { return }
        try writePage(manifest)
    }

    /// Writes what is only written at the end.
    mutating func finish(_ manifest: RunManifest) throws(CollaGANError) {
        try writeSubsets(manifest)
        try writePage(manifest)
    }

    /// Writes everything of patients that other processes are through with.
    /// - Parameter settle: is told of each patient whether a record is there, and may change the entry.
    mutating func collect(
        _ manifest: inout RunManifest, settle: (inout RunManifest.Entry, _ hasRecord: Bool) -> Void
    ) throws(CollaGANError) {
        var subsetRows: [String: String] = [:]
        let count = manifest.patients.count
        for first in stride(from: 0, to: count, by: Self.recordsAtOnce) {
            let entries = manifest.patients[first..<min(first + Self.recordsAtOnce, count)]
            // Most of the time goes into reading them.
            let found = concurrentMap(count: entries.count) { [self] in contents(of: entries[first + $0]) }
            for (index, found) in zip(entries.indices, found) {
                settle(&manifest.patients[index], found.record != nil)
                let entry = manifest.patients[index]
                let isOfTheRun = entry.status == .done || entry.status == .skipped && !entry.files.isEmpty
                add(isOfTheRun ? found.record : nil)
                rows.append(found.rows)
                subsetRows[entry.name] = found.subsetRows
                lines.append(page(entry, isOfTheRun ? found.record : nil))
            }
        }
        try writeRows()
        try writeSubsets(manifest, subsetRows)
        try writePage(manifest)
    }

    /// Writes `report.html` as far as the run came.
    mutating func writePage(_ manifest: RunManifest) throws(CollaGANError) {
        let count = Wording.count(manifest.patients.count, "patient")
        let isOver = manifest.state == .finished
        let title = manifest.command == RunSettings.Mode.evaluate.rawValue ? "Evaluation of " : "Imputation of "
        let report = CohortReport(
            title: title + count, patients: lines, isComplete: isOver,
            subsets: isOver && hasSubsets ? "subsets.html" : nil, provenance: Provenance(model: model))
        try folder.write([report.html()], to: "report.html")
        pageWritten = .now
    }

    private mutating func add(_ record: PatientRecord?) {
        guard let record else { return }
        scores.add(record)
        subsets.add(record)
    }

    private func writeRows() throws(CollaGANError) {
        try folder.write([CSVTable(columns: CohortCSV.columns).text()] + rows, to: "metrics.csv")
    }

    private func record(of entry: RunManifest.Entry) -> PatientRecord? {
        JSONFile.read(PatientRecord.self, from: "\(folder.path)/\(ResultNames.metrics(in: entry.place))")
    }

    /// A patient's record, and what it adds to the tables.
    private func contents(
        of entry: RunManifest.Entry
    ) -> (record: PatientRecord?, rows: String, subsetRows: String) {
        let record = record(of: entry)
        return (record, rows(record), subsetRows(record))
    }

    private func subsetRows(_ record: PatientRecord?) -> String {
        guard let record else { return "" }
        var table = CSVTable(columns: SubsetCSV.columns)
        SubsetCSV.append(record, order: order, to: &table)
        return table.rows
    }

    private func rows(_ record: PatientRecord?) -> String {
        guard let record else { return "" }
        var table = CSVTable(columns: CohortCSV.columns)
        CohortCSV.append(record, order: order, to: &table)
        return table.rows
    }

    private func page(_ entry: RunManifest.Entry, _ record: PatientRecord?) -> CohortPatient {
        CohortPatient(entry, record, report: ResultNames.report(in: entry.place), order: order)
    }

    private var hasSubsets: Bool { evaluatesSubsets || !subsets.isEmpty }

    /// Writes `subsets.*` if they were asked for or an earlier run made them; else removes what is there of them.
    /// - Parameter known: rows of `subsets.csv` by patient, as far as they were kept; those of others are read again.
    private func writeSubsets(_ manifest: RunManifest, _ known: [String: String] = [:]) throws(CollaGANError) {
        guard hasSubsets else {
            for suffix in ["csv", "json", "html"] { folder.remove(["subsets.\(suffix)"]) }
            return
        }
        let evaluated = Set(subsets.patients)
        let rows = manifest.patients.filter { evaluated.contains($0.name) }
            .map { known[$0.name] ?? subsetRows(record(of: $0)) }
        try folder.write([CSVTable(columns: SubsetCSV.columns).text()] + rows, to: "subsets.csv")
        try folder.write(JSONFile.encode(subsets), to: "subsets.json")
        let count = subsets.patients.count
        let page = SubsetReport(subsets, of: count == 1 ? subsets.patients[0] : Wording.count(count, "patient"))
        try folder.write([page.html()], to: "subsets.html")
    }
}
