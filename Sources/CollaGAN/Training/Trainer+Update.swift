import NeuralNet
import Tensors

/// One update.
extension Trainer {
    /// Draws samples and updates the networks whose turn it is.
    ///
    /// - Returns: the means of the losses of all samples, those of other ranks among them.
    func update() throws(ModelError) -> (TrainingPhase, LossValues) {
        let method = checkpoint.method
        let streams = sampleStreams()
        var samples: [StepSample] = []
        var failure: ModelError?
        do throws(ModelError) {
            for stream in streams {
                var stream = stream
                let slices = try method.draw(step, using: &stream)
                samples.append(StepSample(slices, random: stream))
            }
        } catch {
            // The other ranks wait for this one's gradient; what comes of it is not kept.
            guard isShared else { throw error }
            (failure, samples) = (error, [])
        }
        try takeTurns(&samples)
        if configuration.batch == 1, let sample = samples.first { random = sample.random }
        let values = failure == nil ? samples.map(\.losses) : streams.map { _ in LossValues() }
        return (method.phase(of: step), try means(values, failure))
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

    /// A gradient travels while that of the next turn is computed, where this does not depend on the update.
    private func takeTurns(_ samples: inout [StepSample]) throws(ModelError) {
        var waiting: [(turn: Turn, gradient: StepGradient)] = []
        for turn in checkpoint.method.turns(of: step) {
            if !turn.isIndependent { try apply(&waiting) }
            let gradient = StepGradient(
                checkpoint.optimisers[turn.group].parameters, samples: samples.count, exchanges[turn.group])
            for index in samples.indices {
                checkpoint.method.addGradients(
                    turn, step, of: &samples[index], batch: configuration.batch, watch: gradient.watch)
                gradient.add()
            }
            gradient.close()
            waiting.append((turn, gradient))
        }
        try apply(&waiting)
    }

    /// The one place between the backward passes of a turn and its update: the parameters hold the whole gradient.
    private func apply(_ waiting: inout [(turn: Turn, gradient: StepGradient)]) throws(ModelError) {
        for (turn, gradient) in waiting {
            try gradient.finish()
            let optimiser = checkpoint.optimisers[turn.group]
            optimiser.update(rate: rate(before: step + 1))
            if turn.isSynthesis {
                // Early on the average follows faster, so that it forgets the random start.
                let trained = step - configuration.classifierFirstSteps
                checkpoint.average?.update(
                    decay: min(configuration.averaging, Float(1 + trained) / Float(10 + trained)), optimiser.parameters)
            }
        }
        waiting = []
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

    /// Learning rate of the update that leads to a step.
    func rate(before step: Int) -> Float {
        let trained = max(step - 1 - configuration.classifierFirstSteps, 0)
        return configuration.optimiser.rate(at: trained, of: configuration.steps)
    }
}
