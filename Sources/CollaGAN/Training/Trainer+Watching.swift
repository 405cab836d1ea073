import Foundation
import NeuralNet

/// What follows an update: is it any use going on, and what is due?
extension Trainer {
    /// - Throws: `ModelError.Code.diverged` where the losses of the update after `step` tell that it is no use going
    ///   on.
    func judge(_ losses: LossValues) throws(ModelError) {
        guard losses.isFinite else { throw diverged(after: step + 1, "a loss is no longer a number") }
        if let loss = losses.reconstruction, let (mean, limit) = ledger.watch.add(loss) {
            throw diverged(
                after: step + 1,
                "the mean reconstruction loss of the last \(DivergenceWatch.updates) updates is \(mean.rounded(3)), above the limit of \(limit.rounded(3))"
            )
        }
    }

    func diverged(after step: Int, _ what: String) -> ModelError {
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
    func settle(
        isCancelled: () -> Bool, report: (TrainingEvent) -> Void, isNewStep: Bool = true
    ) throws(ModelError) -> Bool {
        let (every, first) = (configuration.validation.every, configuration.classifierFirstSteps)
        var (isValidated, isChanged) = (true, isNewStep)
        if let validator, step > first, step % every == 0 || step == last, ledger.validated < step {
            isValidated = try validate(validator, isCancelled: isCancelled, report: report)
            isChanged = true
        }
        var stop = !isValidated
        if !stop, isNewStep { stop = try isAnywhere(isCancelled()) }
        let isDue = step > 0 && (step % configuration.checkpoints.every == 0 || step == last)
        let isSaved = isDue && (step == last || !ledger.watch.isSuspicious)
        if isChanged, isSaved || stop { try save() }
        if isSaved, isValidated { report(.checkpoint(step: step, seconds: seconds)) }
        return !stop
    }

    /// Finds the best sources of a network of one input.
    ///
    /// - Returns: false if cancelled.
    func measureSources(isCancelled: () -> Bool) throws(ModelError) -> Bool {
        guard configuration.method.kind.takesOneInput else { return true }
        let sources = try SourceCalibration.sources(
            of: model(), patients, configuration.sampling, ranks, isCancelled: isCancelled)
        guard let sources else { return false }
        ledger.sources = sources
        return true
    }

    private func validate(
        _ validator: Validator, isCancelled: () -> Bool, report: (TrainingEvent) -> Void
    ) throws(ModelError) -> Bool {
        guard try measureSources(isCancelled: isCancelled) else { return false }
        let model = model()
        guard let (scores, imputed) = try validator.validate(model, ranks, isCancelled: isCancelled) else {
            return false
        }
        let errors = scores.compactMap { $0 }.map(\.nmse)
        let known = errors.compactMap { $0 }
        let mean = known.count == errors.count ? known.reduce(0, +) / Double(known.count) : nil
        let isBest = mean.map { $0 < ledger.best?.nmse ?? .infinity } ?? false
        if isBest, let mean {
            try write { () throws(ModelError) in try model.save(to: folder + "/" + Self.bestName) }
            ledger.best = TrainingLedger.Best(step: step, nmse: mean)
        }
        ledger.validated = step
        guard let imputed else { return true }
        report(
            .validation(
                ValidationResult(
                    step: step, seconds: seconds, scores: scores, mean: mean, isBest: isBest, imputed: imputed)))
        return true
    }
}

extension Double {
    /// With so many significant digits, for messages.
    fileprivate func rounded(_ digits: Int) -> String { String(format: "%.\(digits)g", self) }
}
