import CollaGAN
import Foundation
import Preprocessing
import Synchronization

/// Trains a model on the patients below a path (PRODUCT: `train`).
public struct TrainingRun {
    /// How a training ended.
    public struct Result: Encodable, Sendable {
        /// The trained model's file.
        public let model: String
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
        let hasCheckpoint = FileManager.default.fileExists(atPath: "\(output)/\(Trainer.checkpointName)")
        guard !hasCheckpoint || resumes || overwrites else {
            throw PipelineError(
                .badConfiguration, path: output,
                "\(output): holds the checkpoint of a training; go on with --resume or start anew with --overwrite")
        }
        let patients = try PatientDiscovery(
            contrasts: configuration.contrasts, patterns: patterns, layout: layout, excludedFolder: output
        ).patients(in: path)
        cohort = try TrainingCohort(patients, definition, path: configurationFile)
    }

    /// Trains to the end or until SIGINT or SIGTERM, which write a checkpoint first.
    /// - Throws: `PipelineError` if no patient can be used, the configuration does not fit them, or a file cannot be written.
    public func run() throws(PipelineError) -> Result {
        let folder = try OutputFolder(output)
        defer { folder.release() }
        let hasCheckpoint = FileManager.default.fileExists(atPath: "\(folder.path)/\(Trainer.checkpointName)")
        let resumes = resumes && hasCheckpoint
        let flag = InterruptionFlag()
        let interruption = Interruption { status in flag.set(status) }
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
                model: "\(output)/\(Trainer.modelName)", patients: [], validation: [], test: [], failed: cohort.failed,
                step: 0, finished: false, interruption: flag.status)
        }
        var log = TrainingLog(path: "\(folder.path)/training.csv")
        if !resumes { log.clear() }
        var (step, logProblem) = (0, PipelineError?.none)
        do {
            let trainer = try Trainer(
                configuration, patients: patients.training, outputFolder: folder.path, resume: resumes)
            let others = [("validation", patients.validation.count), ("test", patients.test.count)].filter { $0.1 > 0 }
            console.info(
                "training on \(trainer.sliceCount) slices of \(SplitRule.count(patients.training.count, "patient"))"
                    + others.map { ", \(SplitRule.count($0.1, "\($0.0) patient")) apart" }.joined())
            let finished = try trainer.run(isCancelled: { flag.isSet || logProblem != nil }) { progress in
                step = progress.step
                guard progress.phase != .selfCheck else {
                    console.info("measuring what the self-check gives on the training patients")
                    return
                }
                do throws(PipelineError) {
                    try log.append(progress)
                } catch {
                    logProblem = error
                }
                console.progress(TrainingLog.line(progress))
                if progress.step % 200 == 0 || progress.step == progress.steps {
                    console.info(TrainingLog.line(progress))
                }
            }
            if let logProblem { throw logProblem }
            if !finished {
                console.error("interrupted at step \(step); the checkpoint is written: go on with --resume")
            }
            return Result(
                model: "\(output)/\(Trainer.modelName)", patients: patients.training.map(\.name),
                validation: patients.validation.map(\.name), test: patients.test, failed: patients.failed, step: step,
                finished: finished, interruption: finished ? nil : flag.status)
        } catch {
            throw error as? PipelineError ?? PipelineError(.badModel, path: output, "\(error)")
        }
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
