import Files
import Foundation
import Patients
import Records
import Tensors

/// Scores, writes and books what the network made, on a thread of its own.
final class RunFinisher: Sendable {
    private let settings: RunSettings
    private let model: ModelFile
    private let record: ModelRecord
    private let folder: OutputFolder
    private let journal: RunJournal
    private let console: Console
    private let patients: [Patient]
    private let state = Locked(State())

    /// The patient whose steps are being handled.
    private struct State {
        var writer: PatientWriter?
        var opened: OpenedPatient?
        /// Patients that failed half way; what still comes for them is dropped.
        var settled: Set<Int> = []
    }

    /// Why the run itself cannot go on (the folder of results takes no more files).
    var problem: CollaGANError? { failure.withLock { $0 } }
    private let failure = Locked<CollaGANError?>(nil)

    init(_ runner: Runner, record: ModelRecord, folder: OutputFolder, journal: RunJournal) {
        settings = runner.settings
        model = runner.model
        console = runner.console
        self.record = record
        self.folder = folder
        self.journal = journal
        patients = runner.patients
    }

    /// Handles one step; after a failure of the run itself steps are only drained.
    func handle(_ step: FinishedStep) {
        guard problem == nil else { return }
        do throws(CollaGANError) {
            try state.withLock { state throws(CollaGANError) in try handle(step, &state) }
        } catch {
            let problem = journal.stop(error)
            failure.withLock { $0 = problem }
        }
    }

    private func handle(_ step: FinishedStep, _ state: inout State) throws(CollaGANError) {
        switch step {
        case .begin(let index): try journal.begin(index)
        case .skipped(let index, let reason, let earlier):
            try skip(index, reason: reason, earlier: earlier, state: &state)
        case .failed(let index, let error, let earlier): try fail(index, error: error, earlier: earlier, state: &state)
        case .opened(let patient): try open(patient, &state)
        case .target(let index, let task, let synthesis):
            try attempt(index, &state) { state throws(CollaGANError) in try state.writer?.add(task, synthesis) }
        case .refusedSubset(let index, let subset):
            try attempt(index, &state) { state throws(CollaGANError) in state.writer?.add(subset) }
        case .complete(let index):
            guard state.writer != nil else { return }
            try attempt(index, &state) { state throws(CollaGANError) in try complete(index, &state) }
        }
    }

    private func open(_ patient: OpenedPatient, _ state: inout State) throws(CollaGANError) {
        try attempt(patient.index, &state) { state throws(CollaGANError) in
            state.opened = patient
            try patient.hashes.confirmUnchanged()
            let stage = try journal.openStage(patient.index)
            state.writer = PatientWriter(
                settings, model: record, description: model.description, headers: patient.headers,
                hashes: patient.hashes, copies: patient.copies, fingerprint: patient.fingerprint,
                hasSubsets: patient.hasSubsets, stage: stage)
        }
    }

    private func complete(_ index: Int, _ state: inout State) throws(CollaGANError) {
        guard let record = try state.writer?.finish() else { return }
        if let patient = state.opened?.headers.patient { try journal.describeDataset(of: patient) }
        let warnings = record.allWarnings
        let stale = stale(index, state.opened?.earlier?.record.files)
        // From here on what an earlier run made is replaced.
        state.opened?.earlier?.isOutdated = true
        try journal.commit(index, files: record.files, stale: stale, warnings: warnings, record: record)
        state.writer = nil
        state.opened = nil
        for warning in warnings { console.warning("\(record.patient): \(warning)") }
        console.info("\(position(index)) \(record.patient): done, \(summary(record))")
    }

    /// Runs a step of a patient; if it fails, the patient fails and the run goes on, unless no patient could be written any more.
    private func attempt(
        _ index: Int, _ state: inout State, _ body: (inout State) throws(CollaGANError) -> Void
    ) throws(CollaGANError) {
        guard !state.settled.contains(index) else { return }
        do throws(CollaGANError) {
            try body(&state)
        } catch {
            guard error.code != .outputLost else { throw error }
            try folder.requireSame()
            guard error.code != .unwritable || !folder.isLost else {
                throw CollaGANError(.outputLost, path: error.path, error.message)
            }
            try fail(index, error: error, earlier: state.opened?.earlier, state: &state)
        }
    }

    private func fail(
        _ index: Int, error: CollaGANError, earlier: EarlierResult?, state: inout State
    ) throws(CollaGANError) {
        guard state.settled.insert(index).inserted else { return }
        let earlier = earlier ?? (state.opened?.index == index ? state.opened?.earlier : nil)
        state.writer = nil
        state.opened = nil
        try journal.fail(
            index, error, earlier: earlier, stale: stale(index, earlier?.record.files), console)
    }

    private func skip(
        _ index: Int, reason: String, earlier: EarlierResult?, state: inout State
    ) throws(CollaGANError) {
        guard state.settled.insert(index).inserted else { return }
        let patient = patients[index]
        let record = earlier?.record as? PatientRecord
        let left = record ?? JSONFile.read(PatientRecord.self, from: "\(folder.path)/\(ResultNames(patient).metrics)")
        // A contrast that was imputed may have come in since.
        let isOutdated = record == nil && settings.mode == .impute && patient.missing.isEmpty
        if record != nil { try journal.describeDataset(of: patient) }
        try journal.skip(
            index, reason: reason, files: isOutdated ? [] : left?.files ?? [],
            stale: isOutdated ? stale(index, left?.files) : [], warnings: record?.allWarnings ?? [], record: record)
        console.info("\(position(index)) \(patient.name): skipped, \(reason)")
    }

    /// What an earlier run may have left of a patient: what its record names, and images that a kill kept out of every record.
    private func stale(_ index: Int, _ files: [String]?) -> [String] {
        let names = ResultNames(patients[index])
        let contrasts = model.description.contrasts
        let copies = contrasts.flatMap { contrast in
            contrasts.map { names.image(contrast, kind: "imputed", space: $0) + ".nii.gz" }
        }
        let slices = contrasts.flatMap { contrast in
            let place = names.dicom(contrast)
            let found = try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(place)")
            return (found ?? []).filter { $0.hasSuffix(".dcm") }.map { "\(place)/\($0)" }
        }
        return names.images(contrasts, kind: "imputed") + copies + slices + (files ?? [])
            + [names.report, names.subsets, names.metrics]
    }

    private func position(_ index: Int) -> String {
        "[\(index + 1)/\(patients.count)]"
    }

    private func summary(_ record: PatientRecord) -> String {
        model.description.contrasts.compactMap { name in
            record.contrasts[name].map { contrast in
                guard let scores = contrast.scores else { return "\(name) imputed" }
                return "\(name) NMSE \((scores.nmse * 1e4).rounded() / 1e4)"
            }
        }.joined(separator: ", ")
    }
}
