import CollaGAN
import Dispatch
import Foundation
import Preprocessing

/// Imputes or evaluates every patient below a path (PRODUCT: `impute`, `evaluate`).
///
/// Three threads hand work on: one reads and prepares the next contrast, the caller's runs the network, one scores and
/// writes the previous contrast. So the network hardly ever waits, and memory does not grow with the number of patients.
public struct Runner: Sendable {
    let settings: RunSettings
    let model: ModelFile
    let console: Console
    let patients: [Patient]

    /// Finds the patients; nothing is written yet.
    /// - Throws: `PipelineError` if nothing could start.
    public init(_ settings: RunSettings, model: ModelFile, console: Console) throws(PipelineError) {
        (self.settings, self.model, self.console) = (settings, model, console)
        let contrasts = model.description.contrasts
        for name in settings.targets ?? [] where !contrasts.contains(name) {
            throw PipelineError(
                .badConfiguration, path: name,
                "target '\(name)': the model does not know this contrast, only \(contrasts.joined(separator: ", "))")
        }
        patients = try PatientDiscovery(
            contrasts: contrasts, patterns: settings.patterns, layout: settings.layout,
            excludedFolder: settings.output
        ).patients(in: settings.patients)
    }

    /// Works through all patients. SIGINT and SIGTERM end the process cleanly with 130 and 143.
    /// - Parameter writesPreprocessed: first writes what the network sees into the folder `preprocessed` of the results.
    /// - Returns: what `run.json` holds at the end, and mean scores.
    /// - Throws: `PipelineError.Code.unwritable` if the folder of results cannot be made or written to or another run is
    ///   writing there, `.badConfiguration` if it holds another command's results that are not to be overwritten.
    public func run(
        writesPreprocessed: Bool = false
    ) throws(PipelineError) -> (manifest: RunManifest, scores: ScoreSummary) {
        let folder = try OutputFolder(settings.output)
        defer { folder.release() }
        if !settings.overwrites { try folder.refuseResults(ofOtherThan: settings.mode.rawValue) }
        if writesPreprocessed {
            _ = try PreprocessRunner(for: self).run()
        }
        let record = ModelRecord(model)
        let journal = try RunJournal(
            RunManifest(
                command: settings.mode.rawValue, input: settings.patients, output: settings.output, model: record,
                patients: patients.map(\.name)), in: folder)
        let interruption = Interruption { [console] status in
            journal.interrupt { manifest in
                let done = manifest.counts["done", default: 0]
                console.error(
                    "interrupted: \(done) of \(manifest.patients.count) patients done; run the same command again to"
                        + " finish the rest")
                folder.release()
                _exit(status)
            }
        }
        defer { withExtendedLifetime(interruption) {} }

        let prepared = BoundedChannel<PreparedStep>(capacity: 1)
        let synthesised = BoundedChannel<FinishedStep>(capacity: 1)
        let finisher = RunFinisher(self, record, folder, journal)
        let preparation = RunPreparation(self, record, folder)
        let (patients, settings) = (patients, settings)
        DispatchQueue(label: "collagan.prepare").async {
            for (index, patient) in patients.enumerated() where finisher.problem == nil {
                preparation.prepare(index, patient, into: prepared)
            }
            prepared.close()
        }
        let finished = DispatchSemaphore(value: 0)
        DispatchQueue(label: "collagan.finish").async {
            while let step = synthesised.receive() { finisher.handle(step) }
            finished.signal()
        }
        let imputer = Imputer(model.model)
        while let step = prepared.receive() {
            // Where the run itself cannot go on, what was prepared is only drained.
            if finisher.problem == nil { synthesised.send(synthesise(step, imputer)) }
        }
        synthesised.close()
        finished.wait()
        if let problem = finisher.problem { throw problem }
        let scores = try CohortOutputs(
            model: model, folder: folder, command: settings.mode.rawValue, patients: patients
        )
        .write(journal.manifest)
        try journal.finish()
        return (journal.manifest, scores)
    }

    /// Runs the network where a step needs it.
    private func synthesise(_ step: PreparedStep, _ imputer: Imputer) -> FinishedStep {
        switch step {
        case .begin(let index): return .begin(index)
        case .settled(let index, let status, let reason, let record): return .settled(index, status, reason, record)
        case .opened(let patient): return .opened(patient)
        case .complete(let index): return .complete(index)
        case .target(let index, let task):
            let name = patients[index].name
            let contrast = model.description.contrasts[task.target]
            do {
                let synthesis = try Synthesis(task, imputer) { [console, count = patients.count] fraction in
                    console.progress("[\(index + 1)/\(count)] \(name): \(contrast) \(Int(fraction * 100)) %")
                }
                return .target(index, task, synthesis)
            } catch {
                return .settled(index, .failed, error.message, nil)
            }
        }
    }
}

/// What the preparing thread hands to the network's.
enum PreparedStep: Sendable {
    case begin(Int)
    /// Failed for its inputs, or nothing to do; the record of an earlier result, if there is one.
    case settled(Int, RunManifest.Status, String, PatientRecord?)
    case opened(OpenedPatient)
    case target(Int, TargetTask)
    /// All targets of the patient were handed on.
    case complete(Int)
}

/// What the network's thread hands to the writing one.
enum FinishedStep: Sendable {
    case begin(Int)
    case settled(Int, RunManifest.Status, String, PatientRecord?)
    case opened(OpenedPatient)
    case target(Int, TargetTask, Synthesis)
    case complete(Int)
}

/// A patient whose files were read.
struct OpenedPatient: Sendable {
    let index: Int
    let headers: PatientHeaders
    let hashes: InputHashes
    let fingerprint: String
    /// The record of an earlier result that is not valid any more.
    let stale: PatientRecord?
}
