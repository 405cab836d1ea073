import NeuralNet
import Tensors

/// One update.
extension Trainer {
    /// Draws samples and updates the networks whose turn it is.
    func update() throws(ModelError) -> (TrainingProgress.Phase, LossValues) {
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
            apply(checkpoint.optimisers.discriminator, rate: rate)
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
        apply(checkpoint.optimisers.generator, rate: rate)
        updateAverage(after: trained)
        for (index, turn) in turns.enumerated() {
            objective.addDiscriminatorGradients(
                turn.0, turn.1, batch: turns.count, dropout: &random, losses: &values[index])
        }
        if !turns.isEmpty { apply(checkpoint.optimisers.discriminator, rate: rate) }
        for value in values { losses.add(value) }
        return (reconstructionOnly ? .reconstruction : .full, losses.means())
    }

    /// The one place between the backward passes of an update and the update itself: the parameters hold the whole
    /// gradient.
    private func apply(_ optimiser: any Optimiser, rate: Float) {
        optimiser.update(rate: rate)
    }

    /// Learning rate of the update that leads to a step.
    func rate(before step: Int) -> Float {
        let trained = max(step - 1 - configuration.classifierFirstSteps, 0)
        return configuration.optimiser.rate(at: trained, of: configuration.steps)
    }

    /// Early on the average follows faster, so that it forgets the random start: decay min(d, (1 + t) ÷ (10 + t)).
    private func updateAverage(after trained: Int) {
        checkpoint.average?.update(decay: min(configuration.averaging, Float(1 + trained) / Float(10 + trained)))
    }
}
