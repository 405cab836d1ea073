import Foundation
import Tensors

/// Scores, writes and books what the network made, on a thread of its own.
final class RunFinisher: @unchecked Sendable {
    private let settings: RunSettings
    private let model: ModelFile
    private let record: ModelRecord
    private let folder: OutputFolder
    private let journal: RunJournal
    private let console: Console
    private var writer: PatientWriter?
    private var opened: OpenedPatient?
    /// Patients that failed half way; what still comes for them is dropped.
    private var settled: Set<Int> = []
    /// Why the run itself cannot go on (`run.json` cannot be written).
    var problem: PipelineError? { failure.withLock { $0 } }
    private let failure = Locked<PipelineError?>(nil)

    init(_ runner: Runner, _ record: ModelRecord, _ folder: OutputFolder, _ journal: RunJournal) {
        (settings, model, console) = (runner.settings, runner.model, runner.console)
        (self.record, self.folder, self.journal) = (record, folder, journal)
    }

    /// Handles one step; after a failure of the run itself steps are only drained.
    func handle(_ step: FinishedStep) {
        guard problem == nil else { return }
        do throws(PipelineError) {
            switch step {
            case .begin(let index): try journal.begin(index)
            case .settled(let index, let status, let reason, let record):
                try settle(index, status, reason, record)
            case .opened(let patient): try open(patient)
            case .target(let index, let task, let synthesis):
                try attempt(index) { () throws(PipelineError) in try writer?.add(task, synthesis) }
            case .subset(let index, let task, let image):
                try attempt(index) { () throws(PipelineError) in try writer?.add(task, image) }
            case .complete(let index):
                guard writer != nil else { return }
                try attempt(index) { () throws(PipelineError) in try complete(index) }
            }
        } catch {
            failure.withLock { $0 = error }
        }
    }

    private func open(_ patient: OpenedPatient) throws(PipelineError) {
        try attempt(patient.index) { () throws(PipelineError) in
            let stage = try folder.stage(patient.headers.patient.name)
            journal.stage(stage)
            opened = patient
            writer = PatientWriter(
                mode: settings.mode, model: record, description: model.description, headers: patient.headers,
                hashes: patient.hashes, fingerprint: patient.fingerprint, hasSubsets: patient.hasSubsets, stage: stage)
        }
    }

    private func complete(_ index: Int) throws(PipelineError) {
        guard let record = try writer?.finish() else { return }
        if let patient = opened?.headers.patient { try DatasetDescription.write(of: patient, in: folder.path) }
        let warnings = record.warnings + record.contrasts.sorted { $0.key < $1.key }.flatMap { $0.value.warnings }
        try journal.commit(index, files: record.files, stale: opened?.stale?.files ?? [], warnings: warnings)
        (writer, opened) = (nil, nil)
        for warning in warnings { console.warning("\(record.patient): \(warning)") }
        console.info("\(position(index)) \(record.patient): done, \(summary(record))")
    }

    /// Runs a step of a patient; if it fails, the patient fails and the run goes on.
    private func attempt(
        _ index: Int, _ body: () throws(PipelineError) -> Void
    ) throws(PipelineError) {
        guard !settled.contains(index) else { return }
        do throws(PipelineError) {
            try body()
        } catch {
            try settle(index, .failed, error.message, nil)
        }
    }

    private func settle(
        _ index: Int, _ status: RunManifest.Status, _ reason: String, _ record: PatientRecord?
    ) throws(PipelineError) {
        guard settled.insert(index).inserted else { return }
        (writer, opened) = (nil, nil)
        let name = journal.manifest.patients[index].name
        // Results of inputs that are not there any more would pass for this run's.
        if status == .failed { folder.remove(record?.files ?? []) }
        try journal.settle(index, status, reason: reason, files: status == .failed ? [] : record?.files ?? [])
        if status == .failed {
            console.error("\(name): \(reason)")
        } else {
            console.info("\(position(index)) \(name): skipped, \(reason)")
        }
    }

    private func position(_ index: Int) -> String {
        "[\(index + 1)/\(journal.manifest.patients.count)]"
    }

    private func summary(_ record: PatientRecord) -> String {
        model.description.contrasts.compactMap { name in
            record.contrasts[name].map { contrast in
                guard let scores = contrast.scores else { return "\(name) imputed" }
                return "\(name) NMSE \((scores.whole.nmse * 1e4).rounded() / 1e4)"
            }
        }.joined(separator: ", ")
    }
}
