import Foundation
import Metrics
import NeuralNet
import Tensors

/// Where a training stands.
public struct TrainingProgress: Sendable {
    /// Which terms are trained on; at the end the self-check is measured.
    public enum Phase: String, Sendable {
        case classifier, reconstruction, full, selfCheck
    }

    /// Updates done, and all there will be.
    public var step: Int
    public var steps: Int
    public var phase: Phase
    /// Mean of each term since the last report.
    public var losses: LossValues
    public var stepsPerSecond: Double
    public var secondsLeft: Double
}

/// Trains a model on prepared patients: METHOD §4 with the settings of a `TrainingConfiguration`.
///
/// The same seed, configuration and patients give the same weights, bit for bit, for any number of threads, and whether or not the
/// training was interrupted.
public final class Trainer {
    /// Files in the output folder.
    public static let (checkpointName, modelName) = ("checkpoint.safetensors", "model.safetensors")

    private let configuration: TrainingConfiguration
    private let patients: [TrainingPatient]
    private let folder: String
    private let sampler: TrainingSampler
    private let baselines: [QuadraticRegression]
    private let checkpoint: Checkpoint
    private let objective: Objective
    private var random: SeededGenerator
    private var step = 0

    /// Prepares a new training or, with `resume`, the continuation of the checkpoint in the folder.
    ///
    /// - Parameters:
    ///   - patients: with the configuration's contrasts, slices at least as large as its crop. All their slices are read once,
    ///     patient by patient, for the regressions.
    ///   - outputFolder: an existing folder.
    /// - Throws: `ModelError` for a configuration that does not make sense, patients without a pair of contrasts or that cannot be
    ///   read, a checkpoint that does not fit.
    public init(
        _ configuration: TrainingConfiguration, patients: [TrainingPatient], outputFolder: String, resume: Bool
    ) throws(ModelError) {
        try configuration.validate()
        for patient in patients
        where patient.contrasts != configuration.contrasts || patient.height < configuration.crop.height
            || patient.width < configuration.crop.width
        {
            throw ModelError(
                .data, "", "patient \(patient.name): the slices do not fit the configuration's contrasts and crop")
        }
        self.configuration = configuration
        self.patients = patients
        folder = outputFolder
        sampler = try TrainingSampler(patients, configuration)
        baselines = try Self.baselines(patients, contrasts: configuration.contrasts.count)
        random = SeededGenerator(seed: configuration.seed)
        let generator = Generator(
            ngf: configuration.ngf, contrasts: configuration.contrasts.count,
            regressionSkip: configuration.regressionSkip)
        let discriminator = Discriminator(
            contrasts: configuration.contrasts.count, crop: (configuration.crop.height, configuration.crop.width))
        for parameter in generator.parameters + discriminator.parameters {
            parameter.initialiseXavier(using: &random)
        }
        let (beta1, beta2) = (configuration.optimiser.beta1, configuration.optimiser.beta2)
        checkpoint = Checkpoint(
            generator: generator, discriminator: discriminator,
            optimisers: (
                Adam(generator.parameters, beta1: beta1, beta2: beta2),
                Adam(discriminator.parameters, beta1: beta1, beta2: beta2)
            ), average: configuration.averaging > 0 ? ExponentialAverage(generator.parameters) : nil)
        objective = Objective(configuration: configuration, generator: generator, discriminator: discriminator)
        if configuration.regressionSkip, !resume { generator.startSkip(from: baselines, using: &random) }
        if resume {
            let position = try checkpoint.restore(
                from: folder + "/" + Self.checkpointName, expecting: configuration, patients: patients.map(\.name))
            step = position.step
            random = position.random
        }
    }

    /// Number of different slices to train on.
    public var sliceCount: Int { sampler.count }

    /// Trains to the last step, or until told to stop; then and at intervals writes checkpoint and model.
    ///
    /// - Parameters:
    ///   - reportEvery: steps between reports.
    ///   - isCancelled: asked after every step.
    /// - Returns: false if it was stopped before the last step.
    /// - Throws: `ModelError.Code.diverged` if a loss is no longer a number: the last checkpoint stays as it was;
    ///   `ModelError.Code.unwritable` if a file cannot be written.
    public func run(
        reportEvery: Int = 20, isCancelled: () -> Bool, report: (TrainingProgress) -> Void
    ) throws(ModelError) -> Bool {
        var totals = LossTotals()
        let clock = ContinuousClock()
        var (mark, markStep) = (clock.now, step)
        let last = configuration.classifierFirstSteps + configuration.steps
        while step < last {
            let (phase, losses) = try update()
            guard losses.isFinite else {
                throw ModelError(
                    .diverged, "",
                    "step \(step): the loss is no longer a number; what \(folder) holds is as of the last checkpoint: train again with a smaller optimiser.rate"
                )
            }
            totals.add(losses)
            step += 1
            if step % reportEvery == 0 || step == last {
                let seconds = (clock.now - mark) / .seconds(1)
                let speed = Double(step - markStep) / max(seconds, 1e-9)
                report(
                    TrainingProgress(
                        step: step, steps: last, phase: phase, losses: totals.means(), stepsPerSecond: speed,
                        secondsLeft: Double(last - step) / speed))
                totals = LossTotals()
                (mark, markStep) = (clock.now, step)
            }
            let stop = isCancelled()
            if step % configuration.checkpointEvery == 0 || step == last || stop { try save() }
            if stop { break }
        }
        if step == last {
            report(
                TrainingProgress(
                    step: step, steps: last, phase: .selfCheck, losses: LossValues(), stepsPerSecond: 0, secondsLeft: 0)
            )
            try finish(isCancelled: isCancelled)
        }
        return step == last
    }

    /// The model as it stands: averaged weights where the configuration asks for them.
    public func model() -> CollaGANModel {
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
            let rate = configuration.optimiser.rate(at: 0, of: configuration.steps)
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
        let rate = configuration.optimiser.rate(at: trained, of: configuration.steps)
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

    /// Early on the average follows faster, so that it forgets the random start: decay min(d, (1 + t) ÷ (10 + t)).
    private func updateAverage(after trained: Int) {
        checkpoint.average?.update(decay: min(configuration.averaging, Float(1 + trained) / Float(10 + trained)))
    }

    // MARK: Files

    private func save() throws(ModelError) {
        let position = Checkpoint.Position(
            step: step, generatorUpdates: checkpoint.optimisers.generator.step,
            discriminatorUpdates: checkpoint.optimisers.discriminator.step, random: random,
            configuration: configuration, patients: patients.map(\.name))
        try checkpoint.write(position, to: folder + "/" + Self.checkpointName)
        try model().save(to: folder + "/" + Self.modelName)
    }

    /// Adds the self-check's reference to the finished model; a cancelled one is made up for by resuming.
    private func finish(isCancelled: () -> Bool) throws(ModelError) {
        let finished = model()
        var description = finished.description
        guard let reference = try SelfCheckCalibration(finished).reference(patients, isCancelled: isCancelled) else {
            return
        }
        description.selfCheck = reference
        try CollaGANModel(description, generator: finished.makeGenerator()).save(to: folder + "/" + Self.modelName)
    }

    /// Regressions over all brain pixels, one patient in memory at a time.
    private static func baselines(
        _ patients: [TrainingPatient], contrasts: Int
    ) throws(ModelError) -> [QuadraticRegression] {
        var accumulator = QuadraticRegression.CohortAccumulator(contrastCount: contrasts)
        for patient in patients {
            let stack = try patient.stack()
            accumulator.add(images: stack.images, brain: stack.brain)
        }
        return accumulator.solveAll()
    }

    private func describe() -> ModelDescription {
        let scales = configuration.contrasts.indices.map { contrast in
            median(patients.compactMap { $0.scales[contrast] }) ?? 1
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let settings = (try? encoder.encode(configuration)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return ModelDescription(
            name: configuration.name, ngf: configuration.ngf, contrasts: configuration.contrasts,
            crop: configuration.crop, spacing: configuration.spacing, referenceScales: scales, regressions: baselines,
            testTimeFlip: configuration.testTimeFlip,
            provenance: [
                "patients": patients.map(\.name).joined(separator: ","), "steps": String(step),
                "slices": String(sampler.count), "configuration": settings,
            ])
    }
}

private func median(_ values: [Float]) -> Float? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// Means of loss terms over steps.
private struct LossTotals {
    private static let terms: [WritableKeyPath<LossValues, Float?> & Sendable] = [
        \.reconstruction, \.cycle, \.ssim, \.adversarial, \.classification, \.discriminator,
    ]
    private var sums = Array(repeating: (total: 0.0, count: 0), count: Self.terms.count)

    mutating func add(_ values: LossValues) {
        for (index, term) in Self.terms.enumerated() {
            guard let value = values[keyPath: term] else { continue }
            sums[index].total += Double(value)
            sums[index].count += 1
        }
    }

    func means() -> LossValues {
        var values = LossValues()
        for (index, term) in Self.terms.enumerated() where sums[index].count > 0 {
            values[keyPath: term] = Float(sums[index].total / Double(sums[index].count))
        }
        return values
    }
}
