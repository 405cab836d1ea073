import CollaGAN
import Files
import Foundation
import NeuralNet
import Patients
import Preprocessing
import Tensors

/// Trains a model on the patients below a path.
package struct TrainingRun {
    /// How a training ended.
    package struct Result: Encodable, Sendable {
        /// The trained model's file; nil if none was saved.
        package let model: String?
        /// The file of the model that did best on the validation patients; nil without such patients.
        package let best: String?
        /// The page about the training; nil if it could not be written.
        package let report: String?
        /// The model that it started from; nil if from nothing.
        package let from: TrainingConfiguration.Start.Model?
        /// Names of the contrasts, in the model's order.
        package let contrasts: [String]
        /// Patients trained on.
        package let patients: [String]
        /// Patients that the training is judged by.
        package let validation: [String]
        /// Patients that were not read.
        package let test: [String]
        /// Patients that could not be used, with the reason.
        package let failed: [String: String]
        /// Updates done.
        package let step: Int
        /// False if it was stopped; `--resume` goes on.
        package let finished: Bool
        /// By contrast, of the last validation; nil without validation patients.
        package let scores: [String: ValidationScore]?
        /// By contrast, of the regression on the same slices.
        package let regression: [String: ValidationScore]?
        /// Why the training was given up; nil if it was not.
        package let divergence: String?
        /// What went wrong with a file in the middle of it; nil if nothing did.
        package let failure: String?
        /// Exit status owed to the signal that stopped it: 130 for SIGINT, 143 for SIGTERM; nil if it finished.
        package let interruption: Int32?
        /// Whether it failed because another rank does not answer; later the same command may do.
        package let isUnanswered: Bool

        private enum CodingKeys: String, CodingKey {
            case model, best, report, from, contrasts, patients, validation, test, failed, step, finished, scores
            case regression, divergence, failure, interruption
        }
    }

    private let configuration: TrainingConfiguration
    /// What it starts from.
    private let model: ModelFile?
    private let cohort: TrainingCohort
    private let output: String
    private let cache: String?
    /// Whether it goes on from a checkpoint.
    private let resumes: Bool
    /// The processes that share the work; nil for this one alone.
    private let ranks: RankGroup?
    private let console: Console
    /// Whether the folder held a checkpoint when it was looked at.
    private let hasCheckpoint: Bool

    /// Reads the configuration, finds the patients and splits them; nothing is written yet. All ranks do so together.
    /// - Parameters:
    ///   - configurationFile: YAML, strict.
    ///   - start: weight file of the model to start from; nil to start from nothing.
    ///   - cache: folder for prepared patients that other trainings use, too; nil for one inside `output`.
    ///   - resumes: goes on from the checkpoint in the output folder, if there is one.
    ///   - overwrites: starts anew although there is a checkpoint.
    ///   - ranks: the processes that share the work, all of which do the same; nil for this one alone.
    ///   - console: silent on all ranks but the first.
    /// - Throws: `CollaGANError` if nothing could start.
    package init(
        patients path: String, configurationFile: String, from start: String? = nil, output: String,
        cache: String? = nil, ready: Set<String>? = nil, layout: Layout,
        patterns: [FilePattern], resumes: Bool, overwrites: Bool, ranks: RankGroup? = nil, console: Console
    ) throws(CollaGANError) {
        (self.ranks, self.output, self.cache, self.console) = (ranks, output, cache, console)
        hasCheckpoint = Trainer.hasCheckpoint(in: output)
        // What ranks exchange later depends on it.
        try ranks?.agree(thatThereIsACheckpoint: hasCheckpoint)
        let isResumed = resumes && hasCheckpoint
        self.resumes = isResumed
        (model, configuration, cohort) = try ranks.agree { () throws(CollaGANError) in
            let model = try start.map { path throws(CollaGANError) in try ModelFile(path: path, option: "--from") }
            if isResumed { try TrainingStart.requireSame(model, in: output) }
            let definition = try TrainingDefinition.load(configurationFile, from: model)
            let configuration = definition.configuration
            try Self.requireRoom(in: output, resumes: resumes, overwrites: overwrites)
            let patients = try PatientDiscovery(
                contrasts: configuration.contrasts, patterns: patterns, layout: layout, excludedFolder: output
            ).patients(in: path).filter { ready?.contains($0.name) != false }
            let cohort = try TrainingCohort(
                patients, definition, path: configurationFile,
                resuming: isResumed ? "\(output)/\(Split.fileName)" : nil)
            return (model, configuration, cohort)
        }
    }

    /// - Throws: `CollaGANError.Code.badConfiguration` where an earlier training lies there that is neither to go on nor to go.
    package static func requireRoom(in output: String, resumes: Bool, overwrites: Bool) throws(CollaGANError) {
        let hasCheckpoint = Trainer.hasCheckpoint(in: output)
        guard !hasCheckpoint || resumes || overwrites else {
            throw CollaGANError(
                .badConfiguration, path: output,
                "\(output): holds the checkpoints of a training; go on with --resume or start anew with --overwrite")
        }
        guard
            overwrites || hasCheckpoint || !FilePath.isRegularFile("\(output)/\(Trainer.modelName)")
        else {
            throw CollaGANError(
                .badConfiguration, path: output,
                "\(output): holds a trained model but no checkpoint to go on from; start anew with --overwrite, or in another --out folder"
            )
        }
    }

    /// Trains to the end, until SIGINT or SIGTERM, which write a checkpoint first, or until it diverges or a file fails. A signal before
    /// the first step ends the process on the spot: nothing of an earlier training has been touched then.
    /// - Throws: `CollaGANError` if no patient can be used, the configuration does not fit them, or a file cannot be written.
    package func run() throws(CollaGANError) -> Result {
        if let model { TrainingStart(model, configuration).announce(cohort, console) }
        try ranks?.agree(on: configuration)
        let folder = try ranks.agree { () throws(CollaGANError) in isFirst ? try lockedFolder() : nil }
        defer { folder?.release() }
        let path = FilePath.absolute(output)
        let cacheFolder = cache ?? "\(path)/cache"
        let signals = TrainingInterruption()
        let interruption = Interruption { [console] status, leave in
            signals.receive(status) {
                console.error(
                    "interrupted before the first step; run the same command again: prepared patients are kept")
                SliceCache.removeUnfinished(in: cacheFolder)
                folder?.release()
                leave()
            }
        }
        defer { interruption.end() }
        let preparation = TrainingPreparation(
            cohort: cohort,
            settings: PreprocessingSettings(
                contrasts: configuration.contrasts, cropHeight: configuration.crop.height,
                cropWidth: configuration.crop.width, spacing: configuration.spacing,
                normalisation: Normalisation(configuration.normalisation)), cacheFolder: cacheFolder,
            isShared: cache != nil, resumes: resumes, ranks: ranks, console: console)
        let (files, split) = try ranks.agree { () throws(CollaGANError) in
            let files = try preparation.files()
            return (files, try cohort.split(files.hashes))
        }
        if resumes, try isFinished(in: path) { return finished(in: path, failed: files.failed) }
        let patients = try preparation.patients(files, split)
        return try train(on: patients, split, in: path, signals)
    }

    private var isFirst: Bool { ranks?.isFirst ?? true }

    /// The folder, as it was when it was looked at.
    private func lockedFolder() throws(CollaGANError) -> OutputFolder {
        let folder = try OutputFolder(output)
        guard Trainer.hasCheckpoint(in: output) == hasCheckpoint else {
            folder.release()
            throw CollaGANError(
                .busy, path: output, "\(output): another training was at work there until now; run the command again")
        }
        return folder
    }

    private func train(
        on patients: TrainingPreparation.Patients, _ split: Split, in folder: String, _ signals: TrainingInterruption
    ) throws(CollaGANError) -> Result {
        var split = split
        split.leftOut = patients.failed
        do {
            console.info("fitting the regressions to \(Wording.count(patients.training.count, "patient"))")
            let trainer = try ranks.agree { () throws(ModelError) in
                try Trainer(
                    configuration, patients: patients.training, validation: patients.validation, from: model?.model,
                    outputFolder: folder, resume: resumes, ranks: ranks)
            }
            for warning in trainer.warnings { console.warning(warning) }
            // Before anything of an earlier training goes.
            try trainer.requireSameStart()
            signals.begin()
            let journal = try ranks.agree { () throws(CollaGANError) -> TrainingJournal? in
                guard isFirst else { return nil }
                if !resumes { try replace(with: split, in: folder) }
                return try TrainingJournal(
                    in: folder, start: start(patients), resumingAt: resumes ? trainer.stepsDone : nil, console: console)
            }
            let others = [("validation", patients.validation.count), ("test", patients.test.count)].filter { $0.1 > 0 }
            console.info(
                "training on \(trainer.sliceCount) slices of \(Wording.count(patients.training.count, "patient"))"
                    + others.map { ", \(Wording.count($0.1, "\($0.0) patient")) apart" }.joined())
            let ending = watch(trainer, journal, isCancelled: { signals.status != nil || journal?.problem != nil })
            var status = signals.status
            if let ranks, !ending.isUnanswered { status = try ranks.gather([status ?? 0]).joined().max() }
            return result(
                ending, journal?.records ?? [], failed: patients.failed, step: trainer.stepsDone,
                interruption: status == 0 ? nil : status)
        } catch {
            throw error as? CollaGANError ?? (error as? ModelError).map { CollaGANError($0, path: output) }
                ?? CollaGANError(.badModel, path: output, "\(error)")
        }
    }

    /// Puts the new training's split in the place of whatever an earlier training left.
    private func replace(with split: Split, in folder: String) throws(CollaGANError) {
        if Trainer.hasCheckpoint(in: folder) || FilePath.isRegularFile("\(folder)/\(Trainer.modelName)") {
            console.info("\(output): the checkpoints and models of the earlier training are removed now")
        }
        // No checkpoint of another training may outlive its split.
        Trainer.clear(folder)
        try JSONFile.write(split, to: "\(folder)/\(Split.fileName)")
    }

    /// Whether a training that is to be resumed came to its end, for the first rank.
    private func isFinished(in folder: String) throws(CollaGANError) -> Bool {
        let isFinished =
            TrainingRecord.isFinished(TrainingLog.read(in: folder)) && Trainer.isComplete(configuration, in: folder)
            && FilePath.isRegularFile("\(folder)/\(TrainingPage.name)")
        return try ranks.first(isFinished)
    }

    /// What a training left that came to its end.
    private func finished(in folder: String, failed: [String: String]) -> Result {
        let log = TrainingLog.read(in: folder)
        console.info("\(output): this training is finished, nothing is left to do")
        return result(Ending(.finished), log, failed: failed, step: log.last?.step ?? 0, interruption: nil)
    }

    /// The log's first line.
    private func start(_ patients: TrainingPreparation.Patients) -> TrainingRecord.Start {
        let computed = ComputingRecord.current(configuration.precision)
        return TrainingRecord.Start(
            software: "\(Software.name) \(Software.version)", time: Wording.now(),
            instructionSet: computed.instructionSet, processor: computed.processor, precision: computed.precision,
            threads: Parallel.threads, configuration: configuration,
            training: patients.training.map(\.name), validation: patients.validation.map(\.name), test: patients.test,
            failed: patients.failed)
    }

    private struct Ending {
        var status: TrainingRecord.End.Status
        var reason: String?
        /// Whether another rank does not answer any more.
        var isUnanswered = false

        init(_ status: TrainingRecord.End.Status, _ reason: String? = nil) {
            (self.status, self.reason) = (status, reason)
        }

        init(_ error: ModelError) {
            self.init(error.code == .diverged ? .diverged : .failed, error.message)
            isUnanswered = error.code == .unanswered
        }
    }

    /// Runs the training, writes down how it ended and says so.
    ///
    /// - Parameter journal: the first rank's.
    private func watch(_ trainer: Trainer, _ journal: TrainingJournal?, isCancelled: () -> Bool) -> Ending {
        var ending: Ending
        do throws(ModelError) {
            let finished = try trainer.run(isCancelled: isCancelled) { journal?.record($0) }
            ending = Ending(finished ? .finished : .interrupted)
        } catch {
            ending = Ending(error)
        }
        if let problem = journal?.problem { (ending.status, ending.reason) = (.failed, problem.message) }
        do throws(CollaGANError) {
            try journal?.end(ending.status, step: trainer.stepsDone, seconds: trainer.seconds, reason: ending.reason)
        } catch {
            if ending.reason == nil { (ending.status, ending.reason) = (.failed, error.message) }
        }
        switch ending.status {
        case .finished: break
        case .interrupted:
            console.error("interrupted at step \(trainer.stepsDone); the checkpoint is written: go on with --resume")
        case .diverged, .failed: console.error(ending.reason ?? ending.status.rawValue)
        }
        return ending
    }

    private func result(
        _ ending: Ending, _ log: [TrainingRecord], failed: [String: String], step: Int, interruption: Int32?
    ) -> Result {
        func existing(_ name: String) -> String? {
            FilePath.isRegularFile("\(output)/\(name)") ? "\(output)/\(name)" : nil
        }
        let last = TrainingRecord.validation(log)
        let start = log.lazy.compactMap { if case .start(let start) = $0 { start } else { nil } }.first
        return Result(
            model: existing(Trainer.modelName), best: existing(Trainer.bestName), report: existing(TrainingPage.name),
            from: configuration.start?.model, contrasts: configuration.contrasts, patients: start?.training ?? [],
            validation: start?.validation ?? [],
            test: start?.test ?? [], failed: failed, step: step, finished: ending.status == .finished,
            scores: last?.scores, regression: last?.regression,
            divergence: ending.status == .diverged ? ending.reason : nil,
            failure: ending.status == .failed ? ending.reason : nil,
            interruption: ending.status == .interrupted ? interruption : nil, isUnanswered: ending.isUnanswered)
    }
}
