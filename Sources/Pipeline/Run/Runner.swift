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
    /// - Returns: what `run.json` holds at the end, mean scores, and what `subsets.json` holds.
    /// - Throws: `PipelineError.Code.unwritable` if the folder of results cannot be made or written to or another run is
    ///   writing there, `.badConfiguration` if it holds another command's results that are not to be overwritten.
    public func run(
        writesPreprocessed: Bool = false
    ) throws(PipelineError) -> (manifest: RunManifest, scores: ScoreSummary, subsets: SubsetSummary) {
        try run(writesPreprocessed: writesPreprocessed, on: Disk())
    }

    /// `run` on a disk of one's own.
    package func run(
        writesPreprocessed: Bool = false, on disk: Disk
    ) throws(PipelineError) -> (manifest: RunManifest, scores: ScoreSummary, subsets: SubsetSummary) {
        let folder = try OutputFolder(settings.output, on: disk)
        defer { folder.release() }
        if !settings.overwrites { try folder.refuseResults(ofOtherThan: settings.mode.rawValue) }
        if writesPreprocessed {
            _ = try PreprocessRunner(for: self).run()
        }
        let record = ModelRecord(model)
        let journal = try RunJournal(
            RunManifest(
                command: settings.mode.rawValue, input: settings.patients, output: settings.output, model: record,
                patients: patients.map(\.name)), in: folder,
            cohort: CohortOutputs(model: model, folder: folder, settings: settings, patients: patients))
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
        let patients = patients
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
        let order = model.description.contrasts
        let (scores, subsets) =
            try journal.finish() ?? (ScoreSummary(order: order), SubsetSummary(order: order, model: record))
        return (journal.manifest, scores, subsets)
    }

    /// Runs the network where a step needs it.
    private func synthesise(_ step: PreparedStep, _ imputer: Imputer) -> FinishedStep {
        switch step {
        case .begin(let index): return .begin(index)
        case .settled(let index, let status, let reason, let record): return .settled(index, status, reason, record)
        case .opened(let patient): return .opened(patient)
        case .complete(let index): return .complete(index)
        case .target(let index, let task):
            do throws(PipelineError) {
                let synthesis = try Synthesis(task, imputer) { show($0, index, task.target) }
                return .target(index, task, synthesis)
            } catch {
                return .settled(index, .failed, error.message, nil)
            }
        case .subset(let index, let task):
            guard case .success(let prepared) = task.prepared else { return .subset(index, task, nil) }
            do throws(PipelineError) {
                let image = try imputer.image(prepared.stack, target: task.target, inputs: task.inputs) {
                    show($0, index, task.target, from: task.inputs)
                }
                return .subset(index, task, image)
            } catch {
                return .settled(index, .failed, error.message, nil)
            }
        }
    }

    /// Tells how far the network is with a contrast of a patient.
    private func show(_ fraction: Double, _ index: Int, _ target: Int, from inputs: [Int] = []) {
        let contrasts = model.description.contrasts
        let origin = inputs.isEmpty ? "" : " from " + inputs.map { contrasts[$0] }.joined(separator: ", ")
        console.progress(
            "[\(index + 1)/\(patients.count)] \(patients[index].name): \(contrasts[target])\(origin)"
                + " \(Int(fraction * 100)) %")
    }
}

/// What the preparing thread hands to the network's.
enum PreparedStep: Sendable {
    case begin(Int)
    /// Failed for its inputs, or nothing to do; the record of an earlier result, if there is one.
    case settled(Int, RunManifest.Status, String, PatientRecord?)
    case opened(OpenedPatient)
    case target(Int, TargetTask)
    /// Follows its target.
    case subset(Int, SubsetTask)
    /// All targets of the patient were handed on.
    case complete(Int)
}

/// What the network's thread hands to the writing one.
enum FinishedStep: Sendable {
    case begin(Int)
    case settled(Int, RunManifest.Status, String, PatientRecord?)
    case opened(OpenedPatient)
    case target(Int, TargetTask, Synthesis)
    /// nil where the inputs did not do.
    case subset(Int, SubsetTask, [Float]?)
    case complete(Int)
}

/// A patient whose files were read.
struct OpenedPatient: Sendable {
    let index: Int
    let headers: PatientHeaders
    let hashes: InputHashes
    let fingerprint: String
    /// Whether every subset of the inputs is evaluated, too.
    let hasSubsets: Bool
    /// The record of an earlier result that is not valid any more.
    let stale: PatientRecord?
}
