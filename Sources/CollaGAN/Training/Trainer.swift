import Files
import Foundation
import Metrics
import NeuralNet
import Tensors

/// Trains a model on prepared patients: method.md §4 with the settings of a `TrainingConfiguration`.
///
/// The same seed, configuration and patients give the same weights, bit for bit, for any number of threads, and whether or not the
/// training was interrupted or watched with held-out patients.
package final class Trainer {
    /// Files in the output folder: the model as it stands, and the best one by validation.
    package static let (modelName, bestName) = ("model.safetensors", "best.safetensors")

    /// When resuming: a line for each checkpoint that was damaged, and one if another instruction set was at work before.
    package let warnings: [String]

    private let configuration: TrainingConfiguration
    private let patients: [TrainingPatient]
    private let validation: [TrainingPatient]
    private let folder: String
    private let checkpoints: CheckpointFolder
    private let isResumed: Bool
    private let sampler: TrainingSampler
    private let regressions: [QuadraticRegression]
    /// Nil without held-out patients.
    private let validator: Validator?
    private let checkpoint: Checkpoint
    private let objective: Objective
    private var random: SeededGenerator
    private var step = 0
    private var ledger = TrainingLedger()
    /// On what the training has been computed, in order, this process last.
    private let computed: [ComputingRecord]
    /// Time spent since then is not yet in the ledger.
    private var begun = ContinuousClock.now

    /// Prepares a new training or, with `resume`, the continuation of the last sound checkpoint in the folder; writes nothing.
    ///
    /// - Parameters:
    ///   - patients: with the configuration's contrasts, slices at least as large as its crop. All their slices are read once,
    ///     patient by patient, for the regressions.
    ///   - validation: the same; they are not trained on, the training is watched with them.
    ///   - outputFolder: an existing folder.
    /// - Throws: `ModelError` for a configuration that does not make sense, patients without a pair of contrasts or that cannot be
    ///   read, a checkpoint that does not fit.
    package init(
        _ configuration: TrainingConfiguration, patients: [TrainingPatient], validation: [TrainingPatient] = [],
        outputFolder: String, resume: Bool
    ) throws(ModelError) {
        try configuration.validate()
        for patient in patients + validation
        where patient.contrasts != configuration.contrasts || patient.height < configuration.crop.height
            || patient.width < configuration.crop.width
        {
            throw ModelError(
                .data, "", "patient \(patient.name): the slices do not fit the configuration's contrasts and crop")
        }
        self.configuration = configuration
        if let twice = validation.first(where: { held in patients.contains { $0.name == held.name } }) {
            throw ModelError(.data, "", "patient \(twice.name) is both trained on and held out; do one or the other")
        }
        (self.patients, self.validation) = (patients, validation)
        (folder, isResumed) = (outputFolder, resume)
        checkpoints = CheckpointFolder(in: outputFolder)
        sampler = try TrainingSampler(patients, configuration)
        let regressions = try Self.regressions(patients, contrasts: configuration.contrasts.count)
        self.regressions = regressions
        validator =
            validation.isEmpty
            ? nil : try Validator(validation, slices: configuration.validation.slices, regressions: regressions)
        random = SeededGenerator(seed: configuration.seed)
        let generator = Generator(
            ngf: configuration.ngf, contrasts: configuration.contrasts.count,
            regressionSkip: configuration.regressionSkip)
        let discriminator = Discriminator(
            contrasts: configuration.contrasts.count, crop: (configuration.crop.height, configuration.crop.width))
        for parameter in generator.parameters + discriminator.parameters {
            parameter.initialiseXavier(using: &random)
        }
        // Before the average takes up the weights.
        if configuration.regressionSkip, !resume { generator.startSkip(from: regressions, using: &random) }
        let (beta1, beta2) = (configuration.optimiser.beta1, configuration.optimiser.beta2)
        checkpoint = Checkpoint(
            generator: generator, discriminator: discriminator,
            optimisers: (
                Adam(generator.parameters, beta1: beta1, beta2: beta2),
                Adam(discriminator.parameters, beta1: beta1, beta2: beta2)
            ), average: configuration.averaging > 0 ? ExponentialAverage(generator.parameters) : nil)
        objective = Objective(configuration: configuration, generator: generator, discriminator: discriminator)
        guard resume else {
            (warnings, computed) = ([], [.current])
            return
        }
        let owner = Checkpoint.Owner(
            configuration: configuration, patients: patients.map(\.name), validation: validation.map(\.name))
        let (position, damage) = try checkpoints.restore(checkpoint, expecting: owner)
        (step, random, ledger) = (position.step, position.random, position.ledger)
        // Version 0.1 kept no record, and left part of the products to OpenBLAS.
        let before =
            position.computed ?? [
                ComputingRecord(processor: "unknown", instructionSet: "unknown", precision: "float32")
            ]
        computed = before.last == .current ? before : before + [.current]
        warnings = damage + Self.change(from: before, at: step)
    }

    /// What is said where a training goes on with another instruction set or precision.
    private static func change(from before: [ComputingRecord], at step: Int) -> [String] {
        func arithmetic(_ record: ComputingRecord) -> String { "\(record.instructionSet), \(record.precision)" }
        let now = arithmetic(.current)
        guard let last = before.last.map(arithmetic), last != now else { return [] }
        return [
            "the training goes on at step \(step) with the instruction set \(now); before, it was \(last): the model will"
                + " differ in the last bits from one trained with either alone; to avoid that, set"
                + " \(InstructionSet.variable) on a processor that has it"
        ]
    }

    /// Whether a folder holds a checkpoint to resume from.
    package static func hasCheckpoint(in folder: String) -> Bool { !CheckpointFolder(in: folder).steps.isEmpty }

    /// Number of different slices to train on.
    package var sliceCount: Int { sampler.count }

    /// Updates done.
    package var stepsDone: Int { step }

    /// Trains to the last step, or until told to stop; then and at intervals writes checkpoint and model.
    ///
    /// - Parameters:
    ///   - reportEvery: steps between reports.
    ///   - isCancelled: asked after every step, and during validation and self-check.
    /// - Returns: false if it was stopped before all was done.
    /// - Throws: `ModelError.Code.diverged` if losses or weights are no longer numbers or the losses explode: the last checkpoints stay
    ///   as they were; `ModelError.Code.unwritable` if a file cannot be written.
    package func run(
        reportEvery: Int = 20, isCancelled: () -> Bool, report: (TrainingEvent) -> Void
    ) throws(ModelError) -> Bool {
        begun = .now
        if isResumed { checkpoints.tidy(at: step, keep: configuration.checkpoints.keep) } else { Self.clear(folder) }
        if let validator { report(.baselines(validator.baselines)) }
        if isResumed, try !settle(isCancelled: isCancelled, report: report, isNewStep: false) {
            return false
        }
        var (mark, markStep) = (ContinuousClock.now, step)
        while step < last {
            let (phase, losses) = try update()
            try judge(losses)
            ledger.totals.add(losses)
            step += 1
            if step % reportEvery == 0 || step == last {
                let speed = Double(step - markStep) / max((.now - mark) / .seconds(1), 1e-9)
                report(
                    .progress(
                        TrainingProgress(
                            step: step, steps: last, phase: phase, losses: ledger.totals.means(),
                            rate: rate(before: step),
                            stepsPerSecond: speed, secondsLeft: Double(last - step) / speed, seconds: seconds)))
                ledger.totals = LossTotals()
                (mark, markStep) = (.now, step)
            }
            let pause = ContinuousClock.now
            guard try settle(isCancelled: isCancelled, report: report) else { return false }
            mark += .now - pause
        }
        report(.selfCheck)
        return try finish(isCancelled: isCancelled)
    }

    /// The model as it stands: averaged weights where the configuration asks for them.
    package func model() -> CollaGANModel {
        let current = CollaGANModel(describe(), generator: checkpoint.generator)
        guard let average = checkpoint.average else { return current }
        let averaged = current.makeGenerator()
        average.copy(to: averaged.parameters)
        return CollaGANModel(describe(), generator: averaged)
    }

    // MARK: One update

    private func update() throws(ModelError) -> (TrainingProgress.Phase, LossValues) {
        let (batch, classifierSteps) = (configuration.batch, configuration.classifierFirstSteps)
        var losses = LossTotals()
        if step < classifierSteps {
            let rate = rate(before: step + 1)
            for _ in 0..<batch {
                let sample = try sampler.draw(using: &random)
                var values = LossValues()
                objective.addClassifierGradients(sample, batch: batch, dropout: &random, losses: &values)
                losses.add(values)
            }
            checkpoint.optimisers.discriminator.update(rate: rate)
            return (.classifier, losses.means())
        }
        let trained = step - classifierSteps
        let rate = rate(before: step + 1)
        let reconstructionOnly = trained < configuration.reconstructionFirstSteps || !configuration.usesCycle
        var turns: [(TrainingSample, Objective.Fakes)] = []
        var values: [LossValues] = []
        for _ in 0..<batch {
            let sample = try sampler.draw(using: &random)
            var value = LossValues()
            let fakes = objective.addGeneratorGradients(
                sample, batch: batch, reconstructionOnly: reconstructionOnly, dropout: &random, losses: &value)
            if let fakes { turns.append((sample, fakes)) }
            values.append(value)
        }
        checkpoint.optimisers.generator.update(rate: rate)
        updateAverage(after: trained)
        for (index, turn) in turns.enumerated() {
            objective.addDiscriminatorGradients(
                turn.0, turn.1, batch: turns.count, dropout: &random, losses: &values[index])
        }
        if !turns.isEmpty { checkpoint.optimisers.discriminator.update(rate: rate) }
        for value in values { losses.add(value) }
        return (reconstructionOnly ? .reconstruction : .full, losses.means())
    }

    private var last: Int { configuration.lastStep }

    /// Learning rate of the update that leads to a step.
    private func rate(before step: Int) -> Float {
        let trained = max(step - 1 - configuration.classifierFirstSteps, 0)
        return configuration.optimiser.rate(at: trained, of: configuration.steps)
    }

    /// Early on the average follows faster, so that it forgets the random start: decay min(d, (1 + t) ÷ (10 + t)).
    private func updateAverage(after trained: Int) {
        checkpoint.average?.update(decay: min(configuration.averaging, Float(1 + trained) / Float(10 + trained)))
    }

    // MARK: After an update

    /// - Throws: `ModelError.Code.diverged` where the losses of the update after `step` tell that it is no use going on.
    private func judge(_ losses: LossValues) throws(ModelError) {
        guard losses.isFinite else { throw diverged(after: step + 1, "a loss is no longer a number") }
        if let loss = losses.reconstruction, let (mean, limit) = ledger.watch.add(loss) {
            throw diverged(
                after: step + 1,
                "the mean reconstruction loss of the last \(DivergenceWatch.updates) updates is \(mean.rounded(3)), above the limit of \(limit.rounded(3))"
            )
        }
    }

    private func diverged(after step: Int, _ what: String) -> ModelError {
        let kept =
            checkpoints.steps.last.map { "the model and checkpoint of step \($0) stay" } ?? "nothing was saved yet"
        return ModelError(
            .diverged, "",
            "step \(step): \(what); \(kept): train again with a smaller optimiser.rate than \(configuration.optimiser.rate)"
        )
    }

    /// What is due at the present step: validation, then a checkpoint; one in any case if the training is to stop.
    ///
    /// - Parameter isNewStep: false for the step that a resumed training starts from, whose checkpoint is there.
    /// - Returns: false if it is to stop.
    private func settle(
        isCancelled: () -> Bool, report: (TrainingEvent) -> Void, isNewStep: Bool = true
    ) throws(ModelError) -> Bool {
        let (every, first) = (configuration.validation.every, configuration.classifierFirstSteps)
        var (isValidated, isChanged) = (true, isNewStep)
        if let validator, step > first, step % every == 0 || step == last, ledger.validated < step {
            isValidated = try validate(validator, isCancelled: isCancelled, report: report)
            isChanged = true
        }
        let stop = !isValidated || isNewStep && isCancelled()
        let isDue = step > 0 && (step % configuration.checkpoints.every == 0 || step == last)
        let isSaved = isDue && (step == last || !ledger.watch.isSuspicious)
        if isChanged, isSaved || stop { try save() }
        if isSaved, isValidated { report(.checkpoint(step: step, seconds: seconds)) }
        return !stop
    }

    private func validate(
        _ validator: Validator, isCancelled: () -> Bool, report: (TrainingEvent) -> Void
    ) throws(ModelError) -> Bool {
        let model = model()
        guard let (scores, imputed) = try validator.validate(model, isCancelled: isCancelled) else { return false }
        let errors = scores.compactMap { $0 }.map(\.nmse)
        let known = errors.compactMap { $0 }
        let mean = known.count == errors.count ? known.reduce(0, +) / Double(known.count) : nil
        let isBest = mean.map { $0 < ledger.best?.nmse ?? .infinity } ?? false
        if isBest, let mean {
            try model.save(to: folder + "/" + Self.bestName)
            ledger.best = TrainingLedger.Best(step: step, nmse: mean)
        }
        ledger.validated = step
        report(
            .validation(
                ValidationResult(
                    step: step, seconds: seconds, scores: scores, mean: mean, isBest: isBest, imputed: imputed)))
        return true
    }

    // MARK: Files

    /// Spent on training so far.
    package var seconds: Double { ledger.seconds + (.now - begun) / .seconds(1) }

    private func save() throws(ModelError) {
        var ledger = ledger
        ledger.seconds = seconds
        let position = Checkpoint.Position(
            step: step, generatorUpdates: checkpoint.optimisers.generator.step,
            discriminatorUpdates: checkpoint.optimisers.discriminator.step, random: random, ledger: ledger,
            owner: Checkpoint.Owner(
                configuration: configuration, patients: patients.map(\.name), validation: validation.map(\.name)),
            computed: computed)
        do throws(ModelError) {
            try checkpoints.save(checkpoint, position, keep: configuration.checkpoints.keep)
        } catch {
            throw error.code == .diverged ? diverged(after: step, error.message) : error
        }
        try model().save(to: folder + "/" + Self.modelName)
    }

    /// Removes the checkpoints and models that an earlier training left.
    package static func clear(_ folder: String) {
        CheckpointFolder(in: folder).clear()
        for name in [modelName, bestName] { Disk.current.remove(folder + "/" + name) }
    }

    /// Adds the self-check's reference to the finished model and the best one; a cancelled one is made up for by resuming.
    private func finish(isCancelled: () -> Bool) throws(ModelError) -> Bool {
        guard let finished = try calibrated(model(), isCancelled: isCancelled) else { return false }
        try finished.save(to: folder + "/" + Self.modelName)
        guard let best = ledger.best else { return true }
        let path = folder + "/" + Self.bestName
        if best.step == step {
            try finished.save(to: path)
            return true
        }
        guard let model = try? CollaGANModel.load(path) else {
            // Damaged since: the training is whole without it.
            Disk.current.remove(path)
            return true
        }
        guard let complete = try calibrated(model, isCancelled: isCancelled) else { return false }
        try complete.save(to: path)
        return true
    }

    private func calibrated(_ model: CollaGANModel, isCancelled: () -> Bool) throws(ModelError) -> CollaGANModel? {
        guard let reference = try SelfCheckCalibration(model).reference(patients, isCancelled: isCancelled) else {
            return nil
        }
        var description = model.description
        description.selfCheck = reference
        return CollaGANModel(description, generator: model.makeGenerator())
    }

    /// Regressions over all brain pixels, one patient in memory at a time.
    private static func regressions(
        _ patients: [TrainingPatient], contrasts: Int
    ) throws(ModelError) -> [QuadraticRegression] {
        var accumulator = QuadraticRegression.CohortAccumulator(contrastCount: contrasts)
        for patient in patients {
            let stack = try patient.stack()
            accumulator.add(images: stack.images, brain: stack.brain)
        }
        return accumulator.solveAll()
    }

    /// All that were used, in the order of their first use.
    private func distinct(_ part: KeyPath<ComputingRecord, String>) -> String {
        var values: [String] = []
        for value in computed.map({ $0[keyPath: part] }) where !values.contains(value) { values.append(value) }
        return values.joined(separator: ", ")
    }

    private func describe() -> ModelDescription {
        let scales = configuration.contrasts.indices.map { contrast in
            median(patients.compactMap { $0.scales[contrast] }) ?? 1
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let settings = (try? encoder.encode(configuration)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        var provenance = [
            "patients": patients.map(\.name).joined(separator: ","), "steps": String(step),
            "slices": String(sampler.count), "configuration": settings,
            "instructionSet": distinct(\.instructionSet), "precision": distinct(\.precision),
        ]
        if !validation.isEmpty { provenance["validation"] = validation.map(\.name).joined(separator: ",") }
        return ModelDescription(
            name: configuration.name, ngf: configuration.ngf, contrasts: configuration.contrasts,
            crop: configuration.crop, spacing: configuration.spacing, referenceScales: scales, regressions: regressions,
            testTimeFlip: configuration.testTimeFlip, provenance: provenance)
    }
}

private func median(_ values: [Float]) -> Float? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

extension Double {
    /// With so many significant digits, for messages.
    fileprivate func rounded(_ digits: Int) -> String { String(format: "%.\(digits)g", self) }
}
