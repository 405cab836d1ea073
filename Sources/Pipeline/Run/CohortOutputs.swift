import Files
import Foundation
import Patients
import Records
import Reports

/// The files about all patients together: `metrics.csv` and `report.html` while the run goes on, `subsets.*` at its end.
///
/// `metrics.csv` has the rows of every patient of the run whose results lie in the folder, also of an earlier run's until this one
/// comes to the patient.
struct CohortOutputs: Sendable {
    private let model: ModelFile
    private let folder: OutputFolder
    private let settings: RunSettings
    private let patients: [Patient]
    /// Finished lines of `metrics.csv`, by patient.
    private var rows: [String]
    private var lines: [CohortPatient]
    private var pageWritten: ContinuousClock.Instant?
    /// Means over the patients settled so far.
    private(set) var scores: ScoreSummary
    private(set) var subsets: SubsetSummary

    /// How often the page is written while the run goes on.
    private static let pageInterval = Duration.seconds(20)

    private var order: [String] { model.description.contrasts }

    init(model: ModelFile, folder: OutputFolder, settings: RunSettings, patients: [Patient]) {
        self.model = model
        self.folder = folder
        self.settings = settings
        self.patients = patients
        rows = Array(repeating: "", count: patients.count)
        lines = []
        scores = ScoreSummary(order: model.description.contrasts)
        subsets = SubsetSummary(order: model.description.contrasts, model: ModelRecord(model))
    }

    /// Writes what earlier runs left.
    mutating func begin(_ manifest: RunManifest) throws(CollaGANError) {
        for (index, patient) in patients.enumerated() { rows[index] = rows(record(of: patient)) }
        lines = zip(patients, manifest.patients).map { page($0, $1, nil) }
        try writeRows()
        try writePage(manifest)
    }

    /// Takes in what became of a patient.
    /// - Parameter record: of its results; nil where there are none of this run, those of an earlier run may then still be there.
    mutating func settle(_ index: Int, _ record: PatientRecord?, _ manifest: RunManifest) throws(CollaGANError) {
        if let record {
            scores.add(record)
            subsets.add(record)
        }
        lines[index] = page(patients[index], manifest.patients[index], record)
        let row = rows(record ?? self.record(of: patients[index]))
        if row != rows[index] {
            rows[index] = row
            try writeRows()
        }
        if let pageWritten, .now - pageWritten < Self.pageInterval { return }
        try writePage(manifest)
    }

    /// Writes what is only written at the end.
    mutating func finish(_ manifest: RunManifest) throws(CollaGANError) {
        try writeSubsets()
        try writePage(manifest)
    }

    /// Writes `report.html` as far as the run came.
    mutating func writePage(_ manifest: RunManifest) throws(CollaGANError) {
        let count = Wording.count(patients.count, "patient")
        let isOver = manifest.state == .finished
        let report = CohortReport(
            title: (settings.mode == .evaluate ? "Evaluation of " : "Imputation of ") + count, patients: lines,
            isComplete: isOver, subsets: isOver && hasSubsets ? "subsets.html" : nil,
            provenance: Provenance(model: ModelRecord(model)))
        try folder.write([report.html()], to: "report.html")
        pageWritten = .now
    }

    private func writeRows() throws(CollaGANError) {
        try folder.write([CSVTable(columns: CohortCSV.columns).text()] + rows, to: "metrics.csv")
    }

    private func record(of patient: Patient) -> PatientRecord? {
        JSONFile.read(PatientRecord.self, from: "\(folder.path)/\(ResultNames(patient).metrics)")
    }

    private func rows(_ record: PatientRecord?) -> String {
        guard let record else { return "" }
        var table = CSVTable(columns: CohortCSV.columns)
        CohortCSV.append(record, order: order, to: &table)
        return table.rows
    }

    private func page(_ patient: Patient, _ entry: RunManifest.Entry, _ record: PatientRecord?) -> CohortPatient {
        CohortPatient(entry, record, report: ResultNames(patient).report, order: order)
    }

    private var hasSubsets: Bool { settings.mode == .evaluate && settings.evaluatesSubsets || !subsets.isEmpty }

    /// Writes `subsets.*` if they were asked for or an earlier run made them; else removes what is there of them.
    private func writeSubsets() throws(CollaGANError) {
        guard hasSubsets else {
            for suffix in ["csv", "json", "html"] { folder.remove(["subsets.\(suffix)"]) }
            return
        }
        var table = CSVTable(columns: SubsetCSV.columns)
        let evaluated = Set(subsets.patients)
        for patient in patients where evaluated.contains(patient.name) {
            if let record = record(of: patient) { SubsetCSV.append(record, order: order, to: &table) }
        }
        try folder.write([table.text()], to: "subsets.csv")
        try folder.write(JSONFile.encode(subsets), to: "subsets.json")
        let count = subsets.patients.count
        let page = SubsetReport(subsets, of: count == 1 ? subsets.patients[0] : Wording.count(count, "patient"))
        try folder.write([page.html()], to: "subsets.html")
    }
}
