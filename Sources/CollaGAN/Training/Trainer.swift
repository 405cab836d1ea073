import Foundation
import Metrics
import NeuralNet
import Tensors

/// Trains a model on prepared patients, by the method and with the settings of a `TrainingConfiguration`.
///
/// The same seed, configuration and patients give the same weights, bit for bit, for any number of threads and of ranks,
/// and whether or not the training was interrupted or watched with held-out patients.
package final class Trainer {
    /// Files in the output folder: the model as it stands, and the best one by validation.
    package static let (modelName, bestName) = ("model.safetensors", "best.safetensors")

    /// When resuming: a line for each checkpoint that was damaged, and one if another instruction set was at work
    /// before.
    package let warnings: [String]

    let configuration: TrainingConfiguration
    let patients: [TrainingPatient]
    let validation: [TrainingPatient]
    /// Of the model that the training started from; nil for one that started from nothing.
    let origin: ModelDescription?
    let folder: String
    let checkpoints: CheckpointFolder
    /// The processes that share the work; nil for this one alone.
    let ranks: RankGroup?
    /// Of the gradients of the method's groups; nil for one process.
    let exchanges: [GradientExchange?]
    private let isResumed: Bool
    let sampler: TrainingSampler
    let regressions: [QuadraticRegression]
    /// Nil without held-out patients.
    let validator: Validator?
    let checkpoint: Checkpoint
    var random: SeededGenerator
    private(set) var step = 0
    var ledger = TrainingLedger()
    /// On what the training has been computed, in order, this process last.
    let computed: [ComputingRecord]
    /// Time spent since then is not yet in the ledger.
    private var begun = ContinuousClock.now

    /// Prepares a new training or, with `resume`, the continuation of the last sound checkpoint in the folder; writes
    /// nothing.
    ///
    /// - Parameters:
    ///   - patients: with the configuration's contrasts, slices at least as large as its crop. All their slices are
    ///     read once, patient by patient, for the regressions.
    ///   - validation: the same; they are not trained on, the training is watched with them.
    ///   - origin: the model that `configuration.start` names; not looked at without one.
    ///   - outputFolder: an existing folder; all ranks see it, the first writes there.
    ///   - ranks: the processes that share the samples, all of which make the same trainer; nil for this one alone.
    /// - Throws: `ModelError` for a configuration that does not make sense, patients without a pair of contrasts or
    ///   that cannot be read, a checkpoint that does not fit.
    package init(
        _ configuration: TrainingConfiguration, patients: [TrainingPatient], validation: [TrainingPatient] = [],
        from origin: CollaGANModel? = nil, outputFolder: String, resume: Bool, ranks: RankGroup? = nil
    ) throws(ModelError) {
        try configuration.validate()
        if let ranks { try configuration.requireShares(of: ranks.size) }
        self.ranks = ranks
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
        self.origin = configuration.start == nil ? nil : origin?.description
        guard (configuration.start == nil) == (self.origin == nil) else {
            throw ModelError(.configuration, "", "start: the model that the training starts from is missing; give it")
        }
        (folder, isResumed) = (outputFolder, resume)
        checkpoints = CheckpointFolder(in: outputFolder)
        sampler = try TrainingSampler(patients, configuration)
        let regressions = try Self.regressions(patients, configuration)
        self.regressions = regressions
        validator =
            validation.isEmpty
            ? nil : try Validator(validation, slices: configuration.validation.slices, regressions: regressions)
        random = SeededGenerator(seed: configuration.seed)
        var material = TrainingMaterial(patients, sampler: sampler, regressions: regressions)
        material.isResumed = resume
        if configuration.start != nil, let origin { material.origin = (origin.description, origin.makeNetwork()) }
        let method = try configuration.method.kind.training(configuration, material, using: &random)
        checkpoint = Checkpoint(
            method: method, optimisers: method.groups.map { configuration.optimiser.make(for: $0) },
            average: configuration.averaging > 0 ? ExponentialAverage(method.synthesis.parameters) : nil)
        if let ranks, ranks.size > 1 {
            if let reason = method.cannotBeShared { throw ModelError(.configuration, "", reason) }
            exchanges = method.groups.map { GradientExchange($0, ranks) }
        } else {
            exchanges = method.groups.map { _ in nil }
        }
        guard resume else {
            (warnings, computed) = ([], [.current(configuration.precision)])
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
        let now = ComputingRecord.current(configuration.precision)
        computed = before.last == now ? before : before + [now]
        warnings = damage + Self.change(from: before, to: now, at: step)
    }

    /// What is said where a training goes on with another instruction set or precision.
    private static func change(from before: [ComputingRecord], to now: ComputingRecord, at step: Int) -> [String] {
        func arithmetic(_ record: ComputingRecord) -> String { "\(record.instructionSet), \(record.precision)" }
        let now = arithmetic(now)
        guard let last = before.last.map(arithmetic), last != now else { return [] }
        return [
            "the training goes on at step \(step) with the instruction set \(now); before, it was \(last): the model will"
                + " differ in the last bits from one trained with either alone; to avoid that, set"
                + " \(InstructionSet.variable) on a processor that has it"
        ]
    }

    /// Number of different slices to train on.
    package var sliceCount: Int { sampler.count }

    /// Updates done.
    package var stepsDone: Int { step }

    /// Trains to the last step, or until told to stop; then and at intervals writes checkpoint and model.
    ///
    /// - Parameters:
    ///   - reportEvery: steps between reports.
    ///   - isCancelled: asked after every step, and during validation and self-check.
    /// - Returns: false if it was stopped, on any rank, before all was done.
    /// - Throws: `ModelError.Code.diverged` if losses or weights are no longer numbers or the losses explode: the last
    ///   checkpoints stay as they were; `.unwritable` if a file cannot be written; on all ranks what one of them throws;
    ///   `.mismatch` where they do not have the same, `.unanswered` where one is lost.
    package func run(
        reportEvery: Int = 20, isCancelled: () -> Bool, report: (TrainingEvent) -> Void
    ) throws(ModelError) -> Bool {
        begun = .now
        try requireSameStart()
        try write { () throws(ModelError) in
            if isResumed {
                checkpoints.tidy(at: step, keep: configuration.checkpoints.keep)
            } else {
                Self.clear(folder)
            }
        }
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
                            rate: rate(before: step), stepsPerSecond: speed, secondsLeft: Double(last - step) / speed,
                            seconds: seconds, exchange: exchangeTime(perStepOf: step - markStep))))
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

    var last: Int { configuration.lastStep }

    /// Spent on training so far.
    package var seconds: Double { ledger.seconds + (.now - begun) / .seconds(1) }

    /// Regressions over all brain pixels, one patient in memory at a time.
    private static func regressions(
        _ patients: [TrainingPatient], _ configuration: TrainingConfiguration
    ) throws(ModelError) -> [QuadraticRegression] {
        var accumulator = QuadraticRegression.CohortAccumulator(contrastCount: configuration.contrasts.count)
        for patient in patients {
            let stack = try patient.stack()
            let targets = try patient.targets(configuration.sampling)
            accumulator.add(images: stack.images, targets: targets, brain: stack.brain)
        }
        return accumulator.solveAll()
    }
}
