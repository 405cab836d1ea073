import CollaGAN
import Foundation
import NeuralNet
import Preprocessing
import Synchronization
import Tensors

/// Trains a model on the patients below a path (PRODUCT: `train`).
public struct TrainingRun {
    /// How a training ended.
    public struct Result: Encodable, Sendable {
        /// The trained model's file; nil if none was saved.
        public let model: String?
        /// The file of the model that did best on the validation patients; nil without such patients.
        public let best: String?
        /// The page about the training; nil if it did not begin.
        public let report: String?
        /// Names of the contrasts, in the model's order.
        public let contrasts: [String]
        /// Patients trained on.
        public let patients: [String]
        /// Patients that the training is judged by.
        public let validation: [String]
        /// Patients that were not read.
        public let test: [String]
        /// Patients that could not be used, with the reason.
        public let failed: [String: String]
        /// Updates done.
        public let step: Int
        /// False if it was stopped; `--resume` goes on.
        public let finished: Bool
        /// By contrast, of the last validation; nil without validation patients.
        public let scores: [String: ValidationScore]?
        /// By contrast, of the regression on the same slices.
        public let regression: [String: ValidationScore]?
        /// Why the training was given up; nil if it was not.
        public let divergence: String?
        /// Exit status owed to the signal that stopped it: 130 for SIGINT, 143 for SIGTERM; nil if it finished.
        public let interruption: Int32?
    }

    private let configuration: TrainingConfiguration
    private let cohort: TrainingCohort
    private let output: String
    private let cache: String?
    private let resumes: Bool
    private let console: Console

    /// Reads the configuration, finds the patients and splits them; nothing is written yet.
    /// - Parameters:
    ///   - configurationFile: YAML, strict.
    ///   - cache: folder for prepared patients that other trainings use, too; nil for one inside `output`.
    ///   - resumes: goes on from the checkpoint in the output folder, if there is one.
    ///   - overwrites: starts anew although there is a checkpoint.
    /// - Throws: `PipelineError` if nothing could start.
    public init(
        patients path: String, configurationFile: String, output: String, cache: String? = nil, layout: Layout,
        patterns: [FilePattern], resumes: Bool, overwrites: Bool, console: Console
    ) throws(PipelineError) {
        let definition = try TrainingDefinition.load(configurationFile)
        configuration = definition.configuration
        (self.output, self.cache, self.resumes, self.console) = (output, cache, resumes, console)
        guard !Trainer.hasCheckpoint(in: output) || resumes || overwrites else {
            throw PipelineError(
                .badConfiguration, path: output,
                "\(output): holds the checkpoints of a training; go on with --resume or start anew with --overwrite")
        }
        guard
            overwrites || Trainer.hasCheckpoint(in: output) || !FilePath.isRegularFile("\(output)/\(Trainer.modelName)")
        else {
            throw PipelineError(
                .badConfiguration, path: output,
                "\(output): holds a trained model but no checkpoint to go on from; start anew with --overwrite, or in another --out folder"
            )
        }
        let patients = try PatientDiscovery(
            contrasts: configuration.contrasts, patterns: patterns, layout: layout, excludedFolder: output
        ).patients(in: path)
        cohort = try TrainingCohort(patients, definition, path: configurationFile)
    }

    /// Trains to the end, until SIGINT or SIGTERM, which write a checkpoint first, or until it diverges.
    /// - Throws: `PipelineError` if no patient can be used, the configuration does not fit them, or a file cannot be written.
    public func run() throws(PipelineError) -> Result {
        let folder = try OutputFolder(output)
        defer { folder.release() }
        let resumes = resumes && Trainer.hasCheckpoint(in: folder.path)
        let flag = InterruptionFlag()
        let interruption = Interruption { status, _ in flag.set(status) }
        defer { withExtendedLifetime(interruption) {} }
        let preparation = TrainingPreparation(
            cohort: cohort,
            settings: PreprocessingSettings(
                contrasts: configuration.contrasts, cropHeight: configuration.crop.height,
                cropWidth: configuration.crop.width, spacing: configuration.spacing), folder: folder.path,
            sharedCache: cache, resumes: resumes, console: console)
        guard let patients = try preparation.patients(isCancelled: { flag.isSet }) else {
            console.error("interrupted before the training; run the same command again: prepared patients are kept")
            return Result(
                model: nil, best: nil, report: nil, contrasts: configuration.contrasts, patients: [], validation: [],
                test: [], failed: cohort.failed, step: 0, finished: false, scores: nil, regression: nil,
                divergence: nil, interruption: flag.status)
        }
        do {
            let trainer = try Trainer(
                configuration, patients: patients.training, validation: patients.validation, outputFolder: folder.path,
                resume: resumes)
            for warning in trainer.warnings { console.warning(warning) }
            let journal = try TrainingJournal(
                in: folder.path, start: start(patients), resumingAt: resumes ? trainer.stepsDone : nil, console: console
            )
            let others = [("validation", patients.validation.count), ("test", patients.test.count)].filter { $0.1 > 0 }
            console.info(
                "training on \(trainer.sliceCount) slices of \(SplitRule.count(patients.training.count, "patient"))"
                    + others.map { ", \(SplitRule.count($0.1, "\($0.0) patient")) apart" }.joined())
            let ending = try watch(trainer, journal, isCancelled: { flag.isSet || journal.problem != nil })
            if let problem = journal.problem { throw problem }
            return result(ending, patients, step: trainer.stepsDone, journal, interruption: flag.status)
        } catch {
            throw error as? PipelineError ?? PipelineError(.badModel, path: output, "\(error)")
        }
    }

    /// The log's first line.
    private func start(_ patients: TrainingPreparation.Patients) -> TrainingRecord.Start {
        TrainingRecord.Start(
            software: "\(Software.name) \(Software.version)", time: RunManifest.now(),
            instructionSet: InstructionSet.current, threads: Parallel.threads, configuration: configuration,
            training: patients.training.map(\.name), validation: patients.validation.map(\.name), test: patients.test,
            failed: patients.failed)
    }

    private typealias Ending = (status: TrainingRecord.End.Status, reason: String?)

    /// Runs the training and writes down how it ended.
    private func watch(_ trainer: Trainer, _ journal: TrainingJournal, isCancelled: () -> Bool) throws -> Ending {
        let ending: Ending
        do throws(ModelError) {
            let finished = try trainer.run(isCancelled: isCancelled) { journal.record($0) }
            ending = (finished ? .finished : .interrupted, nil)
        } catch {
            guard error.code == .diverged else { throw error }
            ending = (.diverged, error.message)
        }
        guard journal.problem == nil else { return ending }
        try journal.end(ending.status, step: trainer.stepsDone, seconds: trainer.seconds, reason: ending.reason)
        switch ending.status {
        case .finished: break
        case .interrupted:
            console.error("interrupted at step \(trainer.stepsDone); the checkpoint is written: go on with --resume")
        case .diverged: console.error(ending.reason ?? "diverged")
        }
        return ending
    }

    private func result(
        _ ending: Ending, _ patients: TrainingPreparation.Patients, step: Int, _ journal: TrainingJournal,
        interruption: Int32
    ) -> Result {
        func existing(_ name: String) -> String? {
            FilePath.isRegularFile("\(output)/\(name)") ? "\(output)/\(name)" : nil
        }
        let last = journal.validation
        return Result(
            model: existing(Trainer.modelName), best: existing(Trainer.bestName), report: existing(TrainingPage.name),
            contrasts: configuration.contrasts, patients: patients.training.map(\.name),
            validation: patients.validation.map(\.name), test: patients.test, failed: patients.failed, step: step,
            finished: ending.status == .finished, scores: last?.scores, regression: last?.regression,
            divergence: ending.reason, interruption: ending.status == .interrupted ? interruption : nil)
    }
}

/// Set by the first signal, read by the training.
private final class InterruptionFlag: Sendable {
    private let value = Atomic<Int32>(0)

    var isSet: Bool { status != 0 }
    /// Exit status that is owed; 0 as long as no signal came.
    var status: Int32 { value.load(ordering: .relaxed) }

    func set(_ status: Int32) {
        _ = value.compareExchange(expected: 0, desired: status, ordering: .relaxed)
    }
}
