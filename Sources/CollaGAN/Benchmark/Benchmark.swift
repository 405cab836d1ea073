import NeuralNet
import Preprocessing
import Tensors

/// Times the networks with random weights and images.
package enum Benchmark {
    /// - Throws: `ModelError.Code.configuration` for settings that cannot be used.
    package static func run(_ settings: BenchmarkSettings) throws(ModelError) -> BenchmarkResult {
        try settings.validate()
        var random = SeededGenerator(seed: 1)
        let timing: Timing
        switch settings.mode {
        case .infer: timing = imputation(settings, using: &random)
        case .train where settings.method == .collagan:
            let generator = Generator(ngf: settings.ngf, contrasts: BenchmarkSettings.contrasts)
            for parameter in generator.parameters { parameter.initialiseXavier(using: &random) }
            let images = images(settings, using: &random)
            let step = BenchmarkTrainingStep(generator, images, precision: settings.precision, random: random)
            // The first step's idle memory becomes the parameters' gradients, so the second still allocates.
            timing = Timing(warmUps: 2, repeats: settings.repeats) { step.run(target: $0 % images.count) }
        case .train:
            let step = try BenchmarkMethodStep(settings)
            timing = Timing(warmUps: 2, repeats: settings.repeats) { _ in step.run() }
        }
        return BenchmarkResult(settings, timing)
    }

    /// Contrast 0 of every slice from the others, or the first of them, as often as the model imputes a slice.
    private static func imputation(_ settings: BenchmarkSettings, using random: inout SeededGenerator) -> Timing {
        let model = settings.model ?? .random(settings.description, seed: 1)
        let contrasts = model.description.contrasts.count
        let inputs = model.description.inputs(of: 0, among: Array(1..<contrasts))
        let all = images(settings, contrasts, using: &random)
        let prepared = model.makeNetwork().prepared(
            target: 0, inputs: inputs, height: settings.size, width: settings.size, precision: settings.precision)
        let passes = model.description.testTimeFlip ? 2 : 1
        return Timing(repeats: settings.repeats) { _ in
            for _ in 0..<passes { _ = prepared(inputs.map { all[$0] }) }
        }
    }

    private static func images(
        _ settings: BenchmarkSettings, _ contrasts: Int = BenchmarkSettings.contrasts,
        using random: inout SeededGenerator
    ) -> [Tensor] {
        let shape = Shape(settings.batch, settings.size, settings.size, 1)
        return (0..<contrasts).map { _ in
            Tensor(shape, (0..<shape.count).map { _ in random.uniform() })
        }
    }
}

extension BenchmarkSettings {
    fileprivate var names: [String] { (0..<Self.contrasts).map { "C\($0)" } }

    /// An untrained model of these settings; other methods' networks have as many blocks as published.
    fileprivate var description: ModelDescription {
        var description = ModelDescription(
            name: "", ngf: ngf, contrasts: names, crop: ModelDescription.Crop(height: size, width: size), spacing: 1,
            normalisation: Normalisation(.mean), referenceScales: [], regressions: [], provenance: [:])
        description.method = method
        description.blocks = TrainingConfiguration(method).blocks
        if method.kind.takesOneInput {
            description.sources = (0..<Self.contrasts).map { target in (0..<Self.contrasts).filter { $0 != target } }
        }
        return description
    }

    /// A training of these settings in which every step updates both networks; discriminators are as wide as generators.
    fileprivate var configuration: TrainingConfiguration {
        var configuration = TrainingConfiguration(method)
        (configuration.ngf, configuration.ndf, configuration.contrasts) = (ngf, ngf, names)
        configuration.crop = ModelDescription.Crop(height: size, width: size)
        (configuration.generatorEvery, configuration.precision) = (1, precision)
        return configuration
    }
}

/// Steps of a method's training, as a trainer makes them, on one patient of random intensities.
private final class BenchmarkMethodStep {
    private let training: any MethodTraining
    private let optimisers: [any NeuralNet.Optimiser]
    private let rate: Float
    private var random = SeededGenerator(seed: 1)
    private var step = 0

    init(_ settings: BenchmarkSettings) throws(ModelError) {
        let configuration = settings.configuration
        let pixels = settings.size * settings.size
        var random = SeededGenerator(seed: 2)
        let patient = TrainingPatient(
            name: "random",
            stack: SliceStack(
                contrasts: configuration.contrasts, slices: 1, height: settings.size, width: settings.size,
                images: configuration.contrasts.map { _ in (0..<pixels).map { _ in random.uniform() } },
                brain: Array(repeating: true, count: pixels), scales: configuration.contrasts.map { _ in 1 }))
        let sampler = try TrainingSampler([patient], configuration)
        training = try configuration.method.kind.training(
            configuration, TrainingMaterial([patient], sampler: sampler, regressions: []), using: &random)
        optimisers = training.groups.map { configuration.optimiser.make(for: $0) }
        rate = configuration.optimiser.rate
    }

    func run() {
        guard let slices = try? training.draw(step, using: &random) else { return }
        var sample = StepSample(slices, random: random)
        for turn in training.turns(of: step) {
            training.addGradients(turn, step, of: &sample, batch: 1, watch: nil)
            optimisers[turn.group].update(rate: rate)
        }
        random = sample.random
        step += 1
    }
}
