import NeuralNet
import Tensors

/// Times the networks with random weights and images.
package enum Benchmark {
    /// - Throws: `ModelError.Code.configuration` for settings that cannot be used.
    package static func run(_ settings: BenchmarkSettings) throws(ModelError) -> BenchmarkResult {
        try settings.validate()
        var random = SeededGenerator(seed: 1)
        let generator = Generator(ngf: settings.ngf, contrasts: BenchmarkSettings.contrasts)
        for parameter in generator.parameters { parameter.initialiseXavier(using: &random) }
        let shape = Shape(settings.batch, settings.size, settings.size, 1)
        let images = (0..<BenchmarkSettings.contrasts).map { _ in
            Tensor(shape, (0..<shape.count).map { _ in random.uniform() })
        }
        let timing: Timing
        switch settings.mode {
        case .infer: timing = imputation(generator, images, settings)
        case .train:
            let step = BenchmarkTrainingStep(generator, images, precision: settings.precision, random: random)
            // The first step's idle memory becomes the parameters' gradients, so the second still allocates.
            timing = Timing(warmUps: 2, repeats: settings.repeats) { step.run(target: $0 % images.count) }
        }
        return BenchmarkResult(settings, timing)
    }

    /// Contrast 0 of every slice from the others.
    private static func imputation(
        _ generator: Generator, _ images: [Tensor], _ settings: BenchmarkSettings
    ) -> Timing {
        let shape = images[0].shape
        let prepared = PreparedGenerator(
            generator, target: 0, inputs: Array(1..<images.count), height: shape.h, width: shape.w,
            precision: settings.precision)
        return Timing(repeats: settings.repeats) { _ in _ = prepared(Array(images.dropFirst())) }
    }
}
