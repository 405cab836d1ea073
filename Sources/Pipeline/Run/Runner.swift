import Dispatch
import Files
import Foundation
import NeuralNet
import Patients
import Preprocessing
import Records
import Tensors

/// Imputes or evaluates every patient below a path.
///
/// Three threads hand work on: one reads and prepares the next contrast, the caller's runs the network, one scores and
/// writes the previous contrast. So the network hardly ever waits, and memory does not grow with the number of patients.
package struct Runner: Sendable {
    let settings: RunSettings
    let model: ModelFile
    let console: Console
    let patients: [Patient]
    /// Names of those of whom `patients` are the part that the run takes on; of all otherwise.
    let cohort: [String]
    /// What was passed over while patients were looked for.
    let leftOut: [LeftOut]

    /// Finds the patients; nothing is written yet.
    /// - Throws: `CollaGANError` if nothing could start.
    package init(_ settings: RunSettings, model: ModelFile, console: Console) throws(CollaGANError) {
        (self.settings, self.model, self.console) = (settings, model, console)
        let contrasts = model.description.contrasts
        for name in settings.targets ?? [] where !contrasts.contains(name) {
            throw CollaGANError(
                .badConfiguration, path: name,
                "target '\(name)': the model does not know this contrast, only \(contrasts.joined(separator: ", "))")
        }
        do throws(ModelError) {
            try settings.precision.requireUnit()
        } catch {
            throw CollaGANError(.badConfiguration, path: "", error.message)
        }
        try OutputFolder.refuseInputs(of: [], in: settings.output)
        let found = try PatientDiscovery(
            contrasts: contrasts, patterns: settings.patterns, layout: settings.layout,
            excludedFolder: settings.output
        ).search(settings.patients, choosing: settings.selection)
        patients = found.patients.filter { settings.ready?.contains($0.name) != false }
        (cohort, leftOut) = (found.cohort, found.leftOut)
        try OutputFolder.refuseInputs(of: patients, in: settings.output)
    }

    /// The part that the run is; nil for one over all patients.
    var part: PartIdentity? { settings.selection.identity(cohort: cohort) }

    /// What came of a run.
    package struct Outcome: Sendable {
        /// What `run.json` holds at the end.
        package let manifest: RunManifest
        /// The same of the folder `preprocessed`, if it was asked for.
        package let preprocessed: RunManifest?
        /// Means over the patients.
        package let scores: ScoreSummary
        /// What `subsets.json` holds.
        package let subsets: SubsetSummary
    }

    /// Works through all patients. SIGINT and SIGTERM end the process cleanly with 130 and 143.
    /// - Parameter writesPreprocessed: first writes what the network sees into the folder `preprocessed` of the results.
    /// - Returns: what `run.json` holds at the end, the one of the folder `preprocessed`, mean scores, and what `subsets.json` holds.
    /// - Throws: `CollaGANError.Code.unwritable` if the folder of results cannot be made or written to, `.busy` if another process
    ///   is writing there, `.badConfiguration` if it holds results that this run's do not mix with.
    package func run(
        writesPreprocessed: Bool = false, on disk: Disk = .current
    ) throws(CollaGANError) -> Outcome {
        let folder = try OutputFolder(settings, part: part, on: disk, console)
        defer { folder.release() }
        let started = Locked<RunJournal?>(nil)
        let interruption = Interruption(
            of: started, in: folder, isPreprocessedFirst: writesPreprocessed, overwrites: settings.overwrites, console)
        defer { interruption.end() }
        let preprocessed =
            writesPreprocessed
            ? try PreprocessRunner(of: self, into: "\(settings.output)/\(ResultNames.preprocessed)").run(on: disk) : nil
        let record = ModelRecord(model)
        let manifest = RunManifest(settings, model, patients, cohort: cohort, part: part)
        let evaluatesSubsets = settings.mode == .evaluate && settings.evaluatesSubsets
        let journal = try RunJournal(
            manifest, in: folder,
            cohort: part == nil
                ? CohortOutputs(
                    model: record, order: model.description.contrasts, evaluatesSubsets: evaluatesSubsets,
                    folder: folder) : nil)
        started.withLock { $0 = journal }
        let budget = MemoryBudget(settings.memory)
        let share = part.map { "\($0.title), \(patients.count) of " } ?? ""
        console.info(
            "\(settings.mode.rawValue): \(share)\(Wording.count(cohort.count, "patient")) into \(settings.output), model"
                + " \(model.description.name), \(Wording.count(ProcessSettings.threads, "thread")), \(budget.text)")
        if !leftOut.isEmpty {
            console.info(
                "passed over while patients were looked for: \(Wording.count(leftOut.count, "path")) (--plan lists them)"
            )
        }
        let networkSeconds = try work(record, folder: folder, journal: journal, budget: budget)
        let order = model.description.contrasts
        let (scores, subsets) =
            try journal.finish(networkSeconds: networkSeconds)
            ?? (ScoreSummary(order: order), SubsetSummary(order: order, model: record))
        console.info(Self.ending(journal.manifest))
        return Outcome(
            manifest: journal.manifest, preprocessed: preprocessed, scores: scores, subsets: subsets)
    }

    /// Takes all patients through the three threads.
    /// - Returns: how long the network was at work, in seconds.
    private func work(
        _ record: ModelRecord, folder: OutputFolder, journal: RunJournal, budget: MemoryBudget
    ) throws(CollaGANError) -> Double {
        // Slots bound the memory, so that a channel may hold what goes with several patients: no thread waits for another's bookkeeping.
        let prepared = BoundedChannel<PreparedStep>(capacity: 32)
        let synthesised = BoundedChannel<FinishedStep>(capacity: 32)
        let progress = RunProgress(patients.map(\.name), console)
        let finisher = RunFinisher(self, record: record, folder: folder, journal: journal)
        let preparation = RunPreparation(self, folder: folder, budget: budget, progress: progress)
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
        let network = NetworkStage(model, settings.precision, progress)
        while let step = prepared.receive() {
            // Where the run itself cannot go on, what was prepared is only drained.
            if finisher.problem == nil { synthesised.send(network.handle(step)) }
        }
        synthesised.close()
        finished.wait()
        if let problem = finisher.problem { throw problem }
        return progress.networkSeconds
    }

    /// "finished: 25 done, 15 failed in 312.5 s, the network at work 95 % of the time"
    private static func ending(_ manifest: RunManifest) -> String {
        let counts = [RunManifest.Status.done, .skipped, .failed].compactMap { status in
            manifest.counts[status.rawValue].map { "\($0) \(status.rawValue)" }
        }
        let seconds = manifest.seconds ?? 0
        let share = seconds > 0 ? (manifest.networkSeconds ?? 0) / seconds : 0
        return "finished: \(counts.joined(separator: ", ")) in \((seconds * 10).rounded() / 10) s, the network at work"
            + " \(Int((share * 100).rounded())) % of the time"
    }
}

/// What the preparing thread hands to the network's.
enum PreparedStep: Sendable {
    case begin(Int)
    /// Nothing to do; the record of an earlier result, if there is one.
    case skipped(Int, String, EarlierResult?)
    /// Cannot be used.
    case failed(Int, CollaGANError, EarlierResult?)
    case opened(OpenedPatient)
    case target(Int, TargetTask)
    /// Follows its target, as tasks of subsets do.
    case refusedSubset(Int, RefusedSubset)
    /// All targets of the patient were handed on.
    case complete(Int)
}

/// What the network's thread hands to the writing one.
enum FinishedStep: Sendable {
    case begin(Int)
    case skipped(Int, String, EarlierResult?)
    case failed(Int, CollaGANError, EarlierResult?)
    case opened(OpenedPatient)
    case target(Int, TargetTask, Synthesis)
    case refusedSubset(Int, RefusedSubset)
    case complete(Int)
}

/// Some of the inputs of a contrast, which do not do.
struct RefusedSubset: Sendable {
    let target: Int
    let inputs: [Int]
    let reason: CollaGANError
}

/// A patient whose files were read.
struct OpenedPatient: Sendable {
    let index: Int
    let headers: PatientHeaders
    let hashes: InputHashes
    let copies: PatientCopies
    let fingerprint: String
    /// Whether every subset of the inputs is evaluated, too.
    let hasSubsets: Bool
    /// How often its slices will go through the network.
    let passes: Int
    var earlier: EarlierResult?
}
