import NeuralNet
import Tensors

/// One update.
extension Trainer {
    /// Draws samples and updates the networks whose turn it is.
    ///
    /// - Returns: the means of the losses of all samples, those of other ranks among them.
    func update() throws(ModelError) -> (TrainingProgress.Phase, LossValues) {
        let trained = step - configuration.classifierFirstSteps
        let phase: TrainingProgress.Phase =
            trained < 0
            ? .classifier
            : trained < configuration.reconstructionFirstSteps || !configuration.usesCycle ? .reconstruction : .full
        var streams = sampleStreams()
        var values = Array(repeating: LossValues(), count: streams.count)
        var samples: [TrainingSample] = []
        var failure: ModelError?
        do throws(ModelError) {
            for index in streams.indices { samples.append(try sampler.draw(using: &streams[index])) }
        } catch {
            // The other ranks wait for this one's gradient; what comes of it is not kept.
            guard isShared else { throw error }
            (failure, samples) = (error, [])
        }
        if phase == .classifier {
            try updateClassifier(samples, &streams, &values)
        } else {
            try updateBoth(samples, &streams, &values, phase, trained: trained)
        }
        if configuration.batch == 1 { random = streams[0] }
        return (phase, try means(values, failure))
    }

    private var isShared: Bool { ranks.map { $0.size > 1 } ?? false }

    /// The random streams of this rank's samples. That of a single sample is the training's own; more have streams of
    /// their own, whose keys are drawn for the samples of all ranks.
    private func sampleStreams() -> [SeededGenerator] {
        guard configuration.batch > 1 else { return [random] }
        let keys = (0..<configuration.batch).map { _ in random.next() }
        let share = configuration.batch / (ranks?.size ?? 1)
        let first = (ranks?.rank ?? 0) * share
        return keys[first..<first + share].map { SeededGenerator(seed: $0) }
    }

    private func updateClassifier(
        _ samples: [TrainingSample], _ streams: inout [SeededGenerator], _ values: inout [LossValues]
    ) throws(ModelError) {
        let (optimiser, batch) = (checkpoint.optimisers.discriminator, configuration.batch)
        let gradient = StepGradient(optimiser.parameters, samples: samples.count, exchanges?.discriminator)
        for (index, sample) in samples.enumerated() {
            objective.addClassifierGradients(
                sample, batch: batch, dropout: &streams[index], losses: &values[index], watch: gradient.watch)
            gradient.add()
        }
        gradient.close()
        try gradient.finish()
        apply(optimiser, rate: rate(before: step + 1))
    }

    /// The generator's gradient travels from its last backward pass on and while the discriminator's is computed, which
    /// needs only the images made before.
    private func updateBoth(
        _ samples: [TrainingSample], _ streams: inout [SeededGenerator], _ values: inout [LossValues],
        _ phase: TrainingProgress.Phase, trained: Int
    ) throws(ModelError) {
        let ((generator, discriminator), batch) = (checkpoint.optimisers, configuration.batch)
        let rate = rate(before: step + 1)
        let gradient = StepGradient(generator.parameters, samples: samples.count, exchanges?.generator)
        var fakes: [Objective.Fakes?] = []
        for (index, sample) in samples.enumerated() {
            fakes.append(
                objective.addGeneratorGradients(
                    sample, batch: batch, reconstructionOnly: phase == .reconstruction, dropout: &streams[index],
                    losses: &values[index], watch: gradient.watch))
            gradient.add()
        }
        gradient.close()
        let hasTurn = phase == .full && configuration.usesDiscriminator
        let turn = StepGradient(
            discriminator.parameters, samples: samples.count, hasTurn ? exchanges?.discriminator : nil)
        if hasTurn {
            for (index, sample) in samples.enumerated() {
                // Every sample has them: one without another contrast than its target is not drawn.
                guard let made = fakes[index] else { continue }
                objective.addDiscriminatorGradients(
                    sample, made, batch: batch, dropout: &streams[index], losses: &values[index],
                    watch: turn.watch)
                turn.add()
            }
            turn.close()
        }
        try gradient.finish()
        apply(generator, rate: rate)
        updateAverage(after: trained)
        if hasTurn {
            try turn.finish()
            apply(discriminator, rate: rate)
        }
    }

    /// Over the samples of all ranks, in the order of their numbers.
    ///
    /// - Parameter failure: why this rank has no samples.
    private func means(_ values: [LossValues], _ failure: ModelError?) throws(ModelError) -> LossValues {
        var losses = LossTotals()
        guard let ranks, isShared else {
            for value in values { losses.add(value) }
            return losses.means()
        }
        let words = values.flatMap(\.words) + [failure == nil ? 0 : 1]
        let all = try ranks.gather(words)
        if all.contains(where: { $0.last != 0 }) { try ranks.settle(failure) }
        for words in all {
            for first in stride(from: 0, to: words.count - 1, by: LossValues.wordCount) {
                losses.add(LossValues(words: words[first..<first + LossValues.wordCount]))
            }
        }
        return losses.means()
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
