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
        configuration = try StrictYAML.decode(TrainingConfiguration.self, file: configurationFile)
        do {
            try configuration.validate()
        } catch {
            throw PipelineError(
                .badConfiguration, path: configurationFile, "\(configurationFile): \(error.message)")
        }
        (self.output, self.resumes, self.console) = (output, resumes, console)
        let hasCheckpoint = FileManager.default.fileExists(atPath: "\(output)/\(Trainer.checkpointName)")
        guard !hasCheckpoint || resumes || overwrites else {
            throw PipelineError(
                .badConfiguration, path: output,
                "\(output): holds the checkpoint of a training; go on with --resume or start anew with --overwrite")
        }
        patients = try PatientDiscovery(
            contrasts: configuration.contrasts, patterns: patterns, layout: layout, excludedFolder: output
        ).patients(in: path)
    }

    /// Trains to the end or until SIGINT or SIGTERM, which write a checkpoint first.
    /// - Throws: `PipelineError` if no patient can be used, the configuration does not fit them, or a file cannot be written.
    public func run() throws(PipelineError) -> Result {
        let folder = try OutputFolder(output)
        defer { folder.release() }
        let (prepared, failed) = prepare()
        guard !prepared.isEmpty else {
            let reason = failed.sorted { $0.key < $1.key }.first?.value ?? ""
            throw PipelineError(.noPatient, path: output, "no patient can be trained on: \(reason)")
        }
        let hasCheckpoint = FileManager.default.fileExists(atPath: "\(folder.path)/\(Trainer.checkpointName)")
        let flag = InterruptionFlag()
        let interruption = Interruption { status in flag.set(status) }
        defer { withExtendedLifetime(interruption) {} }
        var log = TrainingLog(path: "\(folder.path)/training.csv")
        if !resumes || !hasCheckpoint { log.clear() }
        var (step, logProblem) = (0, PipelineError?.none)
        do {
            let trainer = try Trainer(
                configuration, patients: prepared, outputFolder: folder.path, resume: resumes && hasCheckpoint)
            console.info("training on \(trainer.sliceCount) slices of \(prepared.count) patients")
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
                model: "\(output)/\(Trainer.modelName)", patients: prepared.map(\.name), failed: failed, step: step,
                finished: finished, interruption: finished ? nil : flag.status)
        } catch {
            throw error as? PipelineError ?? PipelineError(.badModel, path: output, "\(error)")
        }
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
