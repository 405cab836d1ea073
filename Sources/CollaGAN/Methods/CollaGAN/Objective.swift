import NeuralNet
import Tensors

/// The whole CollaGAN objective for one sample (method.md §4): adds gradients to the networks' parameters.
package struct Objective {
    package let configuration: TrainingConfiguration
    package let generator: Generator
    package let discriminator: Discriminator

    package init(configuration: TrainingConfiguration, generator: Generator, discriminator: Discriminator) {
        (self.configuration, self.generator, self.discriminator) = (configuration, generator, discriminator)
    }

    /// The generator's turn: adds the gradient of the weighted terms, divided by `batch`.
    ///
    /// - Parameters:
    ///   - reconstructionOnly: leave out cycle and adversarial terms.
    ///   - dropout: source of the discriminator's dropout masks.
    ///   - losses: gets the unweighted terms.
    ///   - watch: is told which gradients are final.
    /// - Returns: the fakes if the discriminator needs them.
    package func addGeneratorGradients(
        _ sample: TrainingSample, batch: Int, reconstructionOnly: Bool, dropout: inout SeededGenerator,
        losses: inout LossValues, watch: GradientWatch? = nil
    ) -> Fakes? {
        let weights = configuration.weights
        let tape = Tape(precision: configuration.precision, watch: watch)
        let truth = sample.images[sample.target]!
        let empty = Tensor(truth.shape, filledWith: 0)
        let inputs = sample.images.indices.map { contrast in
            Variable(sample.inputs.contains(contrast) ? sample.given[contrast]! : empty)
        }
        let imputed = generator(inputs, targets: [sample.target], tape)
        let reconstruction = tape.meanAbsoluteError(imputed, truth)
        losses.reconstruction = reconstruction.value.item
        var terms: [(weight: Float, term: Variable)] = [(weights.reconstruction, reconstruction)]
        if weights.squared > 0 {
            let squared = tape.meanSquaredError(imputed, truth)
            losses.squared = squared.value.item
            terms.append((weights.squared, squared))
        }
        if weights.similarity > 0 {
            let similarity = tape.ssimLoss(imputed, truth, range: configuration.ssimRange)
            losses.similarity = similarity.value.item
            terms.append((weights.similarity, similarity))
        }
        var fakes: Fakes?
        if !reconstructionOnly, configuration.usesCycle {
            let repeats = configuration.countImputationTwice ? 2 : 1
            var (made, contrasts) = (
                Array(repeating: imputed, count: repeats), Array(repeating: sample.target, count: repeats)
            )
            let others = sample.targets.filter { $0 != sample.target }
            if !others.isEmpty {
                let cycled = generator(
                    cycleInputs(sample, imputed: imputed, others: others, tape), targets: others, tape)
                let real = tape.stack(others.map { Variable(sample.images[$0]!) }).value
                let passes = Float(others.count)
                let cycle = tape.meanAbsoluteError(cycled, real)
                losses.cycle = cycle.value.item * passes
                terms.append((weights.cycle * passes, cycle))
                if weights.ssim > 0 {
                    let ssim = tape.ssimLoss(cycled, real, range: configuration.ssimRange)
                    losses.ssim = ssim.value.item * passes
                    terms.append((weights.ssim * passes, ssim))
                }
                made.append(cycled)
                contrasts += others
            }
            if configuration.usesDiscriminator {
                let all = tape.stack(made)
                let count = Float(contrasts.count)
                var random: SeededGenerator? = dropout
                let verdict = discriminator(all, dropout: &random, tape)
                if let random { dropout = random }
                let adversarial = tape.meanSquaredError(verdict.source, from: 1)
                let classification = tape.crossEntropy(verdict.domain, classes: contrasts)
                losses.adversarial = adversarial.value.item * count
                losses.classification = classification.value.item * count
                terms.append((weights.adversarial * count, adversarial))
                terms.append((weights.classification * count, classification))
                fakes = Fakes(images: all.value, contrasts: contrasts)
            }
        }
        let scaled = terms.map { (weight: $0.weight / Float(batch), term: $0.term) }
        for parameter in discriminator.parameters { parameter.isFrozen = true }
        tape.backward(from: tape.weightedSum(scaled))
        for parameter in discriminator.parameters { parameter.isFrozen = false }
        return fakes
    }

    /// The discriminator's turn: real images against the fakes of the same contrasts.
    package func addDiscriminatorGradients(
        _ sample: TrainingSample, _ fakes: Fakes, batch: Int, dropout: inout SeededGenerator,
        losses: inout LossValues, watch: GradientWatch? = nil
    ) {
        let tape = Tape(precision: configuration.precision, watch: watch)
        let real = tape.stack(fakes.contrasts.map { Variable(sample.images[$0]!) })
        var random: SeededGenerator? = dropout
        let realVerdict = discriminator(real, dropout: &random, tape)
        let fakeVerdict = discriminator(Variable(fakes.images), dropout: &random, tape)
        if let random { dropout = random }
        let weights = configuration.weights
        let loss = tape.weightedSum([
            (weights.adversarial, tape.meanSquaredError(realVerdict.source, from: 1)),
            (weights.adversarial, tape.meanSquaredError(fakeVerdict.source, from: 0)),
            (weights.classification, tape.crossEntropy(realVerdict.domain, classes: fakes.contrasts)),
        ])
        losses.discriminator = loss.value.item
        tape.backward(from: tape.weightedSum([(1 / Float(batch), loss)]))
    }

    /// Classifier first: the domain head on the real contrasts of a sample.
    package func addClassifierGradients(
        _ sample: TrainingSample, batch: Int, dropout: inout SeededGenerator, losses: inout LossValues,
        watch: GradientWatch? = nil
    ) {
        let tape = Tape(precision: configuration.precision, watch: watch)
        let present = sample.targets
        var random: SeededGenerator? = dropout
        let verdict = discriminator(
            tape.stack(present.map { Variable(sample.images[$0]!) }), dropout: &random, tape)
        if let random { dropout = random }
        let loss = tape.crossEntropy(verdict.domain, classes: present)
        losses.discriminator = loss.value.item
        tape.backward(from: tape.weightedSum([(1 / Float(batch), loss)]))
    }

    /// Inputs of all cycle passes as one batch: pass κ' sees the real inputs with x̂_κ in κ's place and zeros in κ''s.
    /// What was dropped stays empty.
    private func cycleInputs(
        _ sample: TrainingSample, imputed: Variable, others: [Int], _ tape: Tape
    ) -> [Variable] {
        let shape = imputed.value.shape
        let empty = Variable(Tensor(shape, filledWith: 0))
        return sample.images.indices.map { contrast in
            if contrast == sample.target { return tape.stack(Array(repeating: imputed, count: others.count)) }
            guard sample.inputs.contains(contrast), let image = sample.given[contrast] else {
                return tape.stack(Array(repeating: empty, count: others.count))
            }
            return tape.stack(others.map { $0 == contrast ? empty : Variable(image) })
        }
    }
}
