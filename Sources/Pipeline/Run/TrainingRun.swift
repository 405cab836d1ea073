import CollaGAN
import Foundation
import Preprocessing
import NeuralNet
import Synchronization
import Tensors

/// Trains a model on the patients below a path (PRODUCT: `train`).
public struct TrainingRun {
    /// How a training ended.
    public struct Result: Encodable, Sendable {
        /// The trained model's file; nil if none was saved.
        public let model: String?
        /// The file of the model that did best on the held-out patients; nil without such patients.
        public let best: String?
        /// The page about the training.
        public let report: String
        /// Names of the contrasts, in the model's order.
        public let contrasts: [String]
        /// Patients trained on.
        public let patients: [String]
        /// Patients held out.
        public let validation: [String]
        /// Patients that could not be used, with the reason.
        public let failed: [String: String]
        /// Updates done.
        public let step: Int
        /// False if it was stopped; `--resume` goes on.
        public let finished: Bool
        /// By contrast, of the last validation; nil without held-out patients.
        public let scores: [String: ValidationScore]?
        /// By contrast, of the regression on the same slices.
        public let regression: [String: ValidationScore]?
        /// Why the training was given up; nil if it was not.
        public let divergence: String?
        /// Exit status owed to the signal that stopped it: 130 for SIGINT, 143 for SIGTERM; nil if it finished.
        public let interruption: Int32?
    }

    private let configuration: TrainingConfiguration
    private let heldOut: [String]
    private let output: String
    private let resumes: Bool
    private let console: Console
    private let patients: [Patient]

    /// Reads the configuration and finds the patients; nothing is written yet.
    /// - Parameters:
    ///   - configurationFile: YAML, strict.
    ///   - resumes: goes on from the checkpoint in the output folder, if there is one.
    ///   - overwrites: starts anew although there is a checkpoint.
    /// - Throws: `PipelineError` if nothing could start.
    public init(
        patients path: String, configurationFile: String, output: String, layout: Layout, patterns: [FilePattern],
        resumes: Bool, overwrites: Bool, console: Console
    ) throws(PipelineError) {
        let definition = try StrictYAML.decode(TrainingDefinition.self, file: configurationFile)
        (configuration, heldOut) = (definition.configuration, definition.heldOut)
        do {
            try configuration.validate()
        } catch {
            throw PipelineError(
                .badConfiguration, path: configurationFile, "\(configurationFile): \(error.message)")
        }
        (self.output, self.resumes, self.console) = (output, resumes, console)
        guard !Trainer.hasCheckpoint(in: output) || resumes || overwrites else {
            throw PipelineError(
                .badConfiguration, path: output,
                "\(output): holds the checkpoints of a training; go on with --resume or start anew with --overwrite")
        }
        patients = try PatientDiscovery(
            contrasts: configuration.contrasts, patterns: patterns, layout: layout, excludedFolder: output
        ).patients(in: path)
    }

    /// Trains to the end, until SIGINT or SIGTERM, which write a checkpoint first, or until it diverges.
    /// - Throws: `PipelineError` if no patient can be used, the configuration does not fit them, or a file cannot be written.
    public func run() throws(PipelineError) -> Result {
        let folder = try OutputFolder(output)
        defer { folder.release() }
        let (prepared, failed) = prepare()
        let training = prepared.filter { !heldOut.contains($0.name) }
        let validation = prepared.filter { heldOut.contains($0.name) }
        guard !training.isEmpty else {
            let reason = failed.sorted { $0.key < $1.key }.first?.value ?? "all are held out"
            throw PipelineError(.noPatient, path: output, "no patient can be trained on: \(reason)")
        }
        let flag = InterruptionFlag()
        let interruption = Interruption { status in flag.set(status) }
        defer { withExtendedLifetime(interruption) {} }
        let resumes = resumes && Trainer.hasCheckpoint(in: folder.path)
        do {
            let trainer = try Trainer(
                configuration, patients: training, validation: validation, outputFolder: folder.path, resume: resumes)
            for warning in trainer.warnings { console.warning(warning) }
            let journal = try TrainingJournal(
                in: folder.path,
                start: TrainingRecord.Start(
                    software: "\(Software.name) \(Software.version)", time: RunManifest.now(),
                    instructionSet: InstructionSet.current, threads: Parallel.threads, configuration: configuration,
                    training: training.map(\.name), validation: validation.map(\.name), failed: failed),
                resumingAt: resumes ? trainer.stepsDone : nil, console: console)
            console.info("training on \(trainer.sliceCount) slices of \(training.count) patients")
            let ending = try watch(trainer, journal, isCancelled: { flag.isSet || journal.problem != nil })
            if let problem = journal.problem { throw problem }
            return result(
                ending, trainer, journal, training: training.map(\.name), validation: validation.map(\.name),
                failed: failed, interruption: flag.status)
        } catch {
            throw error as? PipelineError ?? PipelineError(.badModel, path: output, "\(error)")
        }
    }

    /// Runs the training and writes down how it ended.
    private func watch(
        _ trainer: Trainer, _ journal: TrainingJournal, isCancelled: () -> Bool
    ) throws -> (status: TrainingRecord.End.Status, reason: String?) {
        let ending: (status: TrainingRecord.End.Status, reason: String?)
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
        _ ending: (status: TrainingRecord.End.Status, reason: String?), _ trainer: Trainer, _ journal: TrainingJournal,
        training: [String], validation: [String], failed: [String: String], interruption: Int32
    ) -> Result {
        func existing(_ name: String) -> String? {
            FilePath.isRegularFile("\(output)/\(name)") ? "\(output)/\(name)" : nil
        }
        let last = journal.validation
        return Result(
            model: existing(Trainer.modelName), best: existing(Trainer.bestName),
            report: "\(output)/\(TrainingPage.name)", contrasts: configuration.contrasts, patients: training,
            validation: validation, failed: failed,
            step: trainer.stepsDone, finished: ending.status == .finished, scores: last?.scores,
            regression: last?.regression, divergence: ending.reason,
            interruption: ending.status == .interrupted ? interruption : nil)
    }

    private func prepare() -> (prepared: [TrainingPatient], failed: [String: String]) {
        let preprocessor = Preprocessor(
            PreprocessingSettings(
                contrasts: configuration.contrasts, cropHeight: configuration.crop.height,
                cropWidth: configuration.crop.width, spacing: configuration.spacing))
        var (prepared, failed) = ([TrainingPatient](), [String: String]())
        for (index, patient) in patients.enumerated() {
            console.progress("[\(index + 1)/\(patients.count)] reading \(patient.name)")
            do throws(PipelineError) {
                if let problem = patient.problem { throw problem }
                let images = try PatientImages(patient, usesMask: true, usesLesion: false)
                let stack = try preprocessor.prepare(images, including: patient.available).stack
                prepared.append(TrainingPatient(name: patient.name, stack: stack))
            } catch {
                failed[patient.name] = error.message
                console.error("\(patient.name): \(error.message)")
            }
        }
        return (prepared, failed)
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
