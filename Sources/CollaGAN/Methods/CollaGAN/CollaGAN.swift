import Metrics
import NeuralNet
import Tensors

/// CollaGAN (docs/explanation/method.md): one generator that makes any contrast of all the others.
enum CollaGANMethod: Method {
    package static let name = "collagan"
    package static let keys: Set<TrainingConfiguration.CodingKeys> = [
        .encoderWidth, .classifierFirstSteps, .reconstructionFirstSteps, .inputDropout, .hasRegressionBranch,
        .ssimRange, .countImputationTwice, .start,
    ]
    package static let weights: Set<TrainingConfiguration.Weights.CodingKeys> = [
        .cycle, .ssim, .adversarial, .classification, .reconstruction, .squared, .similarity,
    ]
    package static let takesOneInput = false

    package static func setDefaults(of configuration: inout TrainingConfiguration) {}

    package static func validate(_ configuration: TrainingConfiguration) throws(ModelError) {
        func refuse(_ key: String, _ why: String) -> ModelError { ModelError(.configuration, "", "\(key): \(why)") }
        let (ngf, n) = (configuration.ngf, configuration.contrasts.count)
        guard (1...1024).contains(ngf), configuration.encoderWidth != nil || ngf % n == 0 else {
            throw refuse(
                "ngf", "\(ngf) is not a multiple of the number of contrasts (\(n)); choose e.g. \(max(1, ngf / n) * n)")
        }
        guard (1...1024).contains(configuration.encoderWidth ?? 1) else {
            throw refuse("encoderWidth", "must be from 1 to 1024")
        }
        guard configuration.reconstructionFirstSteps == 0 || configuration.usesReconstruction else {
            throw refuse(
                "reconstructionFirstSteps", "needs weights.reconstruction, squared or similarity above 0")
        }
        guard configuration.ssimRange.isFinite, configuration.ssimRange > 0 else {
            throw refuse("ssimRange", "must be positive")
        }
    }

    package static func network(
        _ description: ModelDescription, for file: Safetensors, path: String
    ) throws(ModelError) -> any SynthesisNetwork {
        try Generator(
            for: file, ngf: description.ngf, contrasts: description.contrasts.count,
            encoderWidth: description.encoderWidth, emptyEncoders: description.emptyEncoders.count, path: path)
    }

    package static func network(
        _ description: ModelDescription, sharing weights: [String: Tensor]
    ) -> any SynthesisNetwork {
        let contrasts = description.contrasts.count
        let rows = weights[Generator.regressionName].flatMap {
            RegressionRows(contrasts: contrasts, count: $0.shape.count / RegressionFeatures(contrasts: contrasts).count)
        }
        return Generator(
            ngf: description.ngf, contrasts: contrasts, encoderWidth: description.encoderWidth,
            emptyEncoders: description.emptyEncoders.count, regressionRows: rows, sharing: weights)
    }

    package static func training(
        _ configuration: TrainingConfiguration, _ material: TrainingMaterial, using random: inout SeededGenerator
    ) throws(ModelError) -> any MethodTraining {
        CollaGANTraining(configuration, material, using: &random)
    }
}

extension Generator: SynthesisNetwork {
    package var generatorCount: Int { 1 }

    package func multiplyAdds(height: Int, width: Int) -> Int {
        func at(_ level: Int, _ weights: [Parameter]) -> Int {
            weights.multiplyAdds(height: height, width: width, level: level)
        }
        let encoding = encoders.flatMap { levels in
            levels.enumerated().map { at($0, [$1.first.weight, $1.second.weight]) + at($0 + 1, [$1.down]) }
        }
        let decoding = decoder.enumerated().map {
            at($0, [$1.first.weight, $1.second.weight]) + at($0 + 1, [$1.up.weight])
        }
        return (encoding + decoding).reduce(0, +) + at(4, [bottleneck.first.weight, bottleneck.second.weight])
            + at(0, [head])
    }

    package func prepared(
        target: Int, inputs: [Int], height: Int, width: Int, precision: Precision
    ) -> (_ images: [Tensor]) -> Tensor {
        let prepared = PreparedGenerator(
            self, target: target, inputs: inputs, height: height, width: width, precision: precision)
        return { prepared($0) }
    }
}

/// Generator and discriminator in training.
final class CollaGANTraining: MethodTraining {
    private enum Group: Int {
        case generator, discriminator
    }

    private let objective: Objective
    private let sampler: TrainingSampler
    private var configuration: TrainingConfiguration { objective.configuration }

    init(
        _ configuration: TrainingConfiguration, _ material: TrainingMaterial, using random: inout SeededGenerator
    ) {
        let contrasts = configuration.contrasts.count
        let generator = Generator(
            ngf: configuration.ngf, contrasts: contrasts, encoderWidth: configuration.encoderWidth,
            emptyEncoders: configuration.emptyEncoders.count,
            regressionRows: configuration.hasRegressionBranch ? RegressionRows(contrasts: contrasts) : nil)
        let discriminator = Discriminator(
            contrasts: contrasts, crop: (configuration.crop.height, configuration.crop.width))
        for parameter in generator.parameters + discriminator.parameters {
            parameter.initialiseXavier(using: &random)
        }
        if !material.isResumed {
            if let start = configuration.start, let origin = material.origin,
                let source = origin.network as? Generator
            {
                WeightTransfer(
                    from: source, of: origin.description, to: configuration.contrasts, configuration.emptyEncoders
                ).start(generator, start.skip, regressions: material.regressions)
            } else if configuration.hasRegressionBranch {
                generator.startRegression(from: material.regressions, using: &random)
            }
        }
        objective = Objective(configuration: configuration, generator: generator, discriminator: discriminator)
        sampler = material.sampler
    }

    var synthesis: any SynthesisNetwork { objective.generator }
    var groups: [[Parameter]] { [objective.generator.parameters, objective.discriminator.parameters] }

    func phase(of step: Int) -> TrainingPhase {
        let trained = step - configuration.classifierFirstSteps
        if trained < 0 { return .classifier }
        return trained < configuration.reconstructionFirstSteps || !configuration.usesCycle ? .reconstruction : .full
    }

    func turns(of step: Int) -> [Turn] {
        let maker = Turn(Group.generator.rawValue, isSynthesis: true)
        // It needs only the images made before the generator's update.
        let judge = Turn(Group.discriminator.rawValue, isSynthesis: false, isIndependent: true)
        switch phase(of: step) {
        case .classifier: return [judge]
        case .reconstruction: return [maker]
        case .full: return configuration.usesDiscriminator ? [maker, judge] : [maker]
        }
    }

    func draw(_ step: Int, using random: inout SeededGenerator) throws(ModelError) -> [TrainingSample] {
        [try sampler.draw(using: &random)]
    }

    func addGradients(_ turn: Turn, _ step: Int, of sample: inout StepSample, batch: Int, watch: GradientWatch?) {
        let (slice, phase) = (sample.slices[0], phase(of: step))
        if phase == .classifier {
            objective.addClassifierGradients(
                slice, batch: batch, dropout: &sample.random, losses: &sample.losses, watch: watch)
        } else if turn.isSynthesis {
            sample.fakes = objective.addGeneratorGradients(
                slice, batch: batch, reconstructionOnly: phase == .reconstruction, dropout: &sample.random,
                losses: &sample.losses, watch: watch)
        } else if let fakes = sample.fakes {
            objective.addDiscriminatorGradients(
                slice, fakes, batch: batch, dropout: &sample.random, losses: &sample.losses, watch: watch)
        }
    }
}

extension TrainingConfiguration {
    /// Whether any term needs the cycle passes.
    var usesCycle: Bool { weights.cycle > 0 || weights.ssim > 0 || usesDiscriminator }
    /// Whether any term compares the imputed slice with the truth.
    var usesReconstruction: Bool { weights.reconstruction > 0 || weights.squared > 0 || weights.similarity > 0 }
    /// Whether any term needs the discriminator.
    var usesDiscriminator: Bool { weights.adversarial > 0 || weights.classification > 0 }
}
