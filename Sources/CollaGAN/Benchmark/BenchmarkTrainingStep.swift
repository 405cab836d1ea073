import NeuralNet
import Tensors

/// One step of adversarial training at batch 1 with a fixed recipe, the one that `Tests/CrossChecks/torch_collagan.py`
/// times in PyTorch: imputation, a cycle pass for each contrast (the target, too), both networks' updates.
///
/// `Objective` trains by method.md §4 and a configuration; this step stays as it is, so that times can be compared.
final class BenchmarkTrainingStep {
    private static let rate: Float = 1e-5

    private let generator: Generator
    private let discriminator: Discriminator
    private let optimisers: (generator: Adam, discriminator: Adam)
    private let images: [Tensor]
    private let precision: Precision
    private var random: SeededGenerator?

    /// - Parameter images: 1×H×W×1 per contrast.
    init(_ generator: Generator, _ images: [Tensor], precision: Precision, random: SeededGenerator) {
        let shape = images[0].shape
        (self.generator, self.images, self.precision) = (generator, images, precision)
        discriminator = Discriminator(contrasts: images.count, crop: (shape.h, shape.w))
        var random = random
        for parameter in discriminator.parameters { parameter.initialiseXavier(using: &random) }
        self.random = random
        optimisers = (
            Adam(generator.parameters, beta1: 0.5, beta2: 0.999),
            Adam(discriminator.parameters, beta1: 0.5, beta2: 0.999)
        )
    }

    func run(target: Int) {
        let contrasts = [target] + images.indices
        let fakes = updateGenerator(target: target, contrasts)
        updateDiscriminator(fakes, contrasts)
    }

    /// 5 · mean (D_src(fake) − 1)² + 5 · CE(D_dom(fake)) + 10 · Σ over the cycle passes of mean |x − x̃|.
    private func updateGenerator(target: Int, _ contrasts: [Int]) -> Tensor {
        let tape = Tape(precision: precision)
        let empty = Variable(Tensor(images[0].shape, filledWith: 0))
        let real = images.map { Variable($0) }
        var inputs = real
        inputs[target] = empty
        let imputed = generator(inputs, targets: [target], tape)
        inputs[target] = imputed
        let passes = inputs.indices.map { contrast in
            tape.stack(inputs.indices.map { $0 == contrast ? empty : inputs[contrast] })
        }
        let cycled = generator(passes, targets: Array(images.indices), tape)
        let fakes = tape.stack([imputed, cycled])
        for parameter in discriminator.parameters { parameter.isFrozen = true }
        let verdict = discriminator(fakes, dropout: &random, tape)
        let cycle = tape.meanAbsoluteError(cycled, tape.stack(real).value)
        tape.backward(
            from: tape.weightedSum([
                (5, tape.meanSquaredError(verdict.source, from: 1)),
                (5, tape.crossEntropy(verdict.domain, classes: contrasts)), (10 * Float(images.count), cycle),
            ]))
        for parameter in discriminator.parameters { parameter.isFrozen = false }
        optimisers.generator.update(rate: Self.rate)
        return fakes.value
    }

    /// mean (D_src(real) − 1)² + mean D_src(fake)² + CE(D_dom(real)).
    private func updateDiscriminator(_ fakes: Tensor, _ contrasts: [Int]) {
        let tape = Tape(precision: precision)
        let real = discriminator(tape.stack(contrasts.map { Variable(images[$0]) }), dropout: &random, tape)
        let fake = discriminator(Variable(fakes), dropout: &random, tape)
        tape.backward(
            from: tape.weightedSum([
                (1, tape.meanSquaredError(real.source, from: 1)), (1, tape.meanSquaredError(fake.source, from: 0)),
                (1, tape.crossEntropy(real.domain, classes: contrasts)),
            ]))
        optimisers.discriminator.update(rate: Self.rate)
    }
}
