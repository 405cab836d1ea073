import NeuralNet
import Preprocessing
import Tensors

/// StarGAN (Choi et al., CVPR 2018, arXiv:1711.09020): one generator for all pairs, told by a label what to make.
enum StarGANMethod: Method {
    package static let name = "stargan"
    package static let keys: Set<TrainingConfiguration.CodingKeys> = [.blocks, .ndf, .generatorEvery]
    package static let weights: Set<TrainingConfiguration.Weights.CodingKeys> = [
        .cycle, .adversarial, .classification, .penalty,
    ]
    package static let takesOneInput = true

    package static func setDefaults(of configuration: inout TrainingConfiguration) {
        (configuration.blocks, configuration.ndf, configuration.generatorEvery) = (6, 64, 5)
        (configuration.weights.cycle, configuration.weights.penalty) = (10, 10)
        (configuration.weights.adversarial, configuration.weights.classification) = (1, 1)
        configuration.optimiser.rate = 1e-4
        configuration.optimiser.decay = .late
        configuration.augmentation = AugmentationSettings(flip: 0.5)
    }

    package static func validate(_ configuration: TrainingConfiguration) throws(ModelError) {
        try configuration.validateTranslation()
        guard (1...1000).contains(configuration.generatorEvery) else {
            throw ModelError(.configuration, "", "generatorEvery: must be from 1 to 1000")
        }
    }

    package static func network(
        _ description: ModelDescription, for file: Safetensors, path: String
    ) throws(ModelError) -> any SynthesisNetwork {
        try description.requireTranslation(
            in: file, path,
            ResidualGenerator.largest(StarGANNetwork.prefix, width: description.ngf, blocks: description.blocks))
        return network(description, sharing: [:])
    }

    package static func network(
        _ description: ModelDescription, sharing weights: [String: Tensor]
    ) -> any SynthesisNetwork {
        StarGANNetwork(
            contrasts: description.contrasts.count, width: description.ngf, blocks: description.blocks,
            ceiling: description.normalisation.ceiling, sharing: weights)
    }

    package static func training(
        _ configuration: TrainingConfiguration, _ material: TrainingMaterial, using random: inout SeededGenerator
    ) throws(ModelError) -> any MethodTraining {
        StarGANTraining(configuration, material.sampler, using: &random)
    }
}

final class StarGANTraining: MethodTraining {
    private enum Group: Int {
        case generator, discriminator
    }

    private let configuration: TrainingConfiguration
    private let sampler: TrainingSampler
    private let network: StarGANNetwork
    private let discriminator: StarGANDiscriminator

    init(_ configuration: TrainingConfiguration, _ sampler: TrainingSampler, using random: inout SeededGenerator) {
        (self.configuration, self.sampler) = (configuration, sampler)
        let contrasts = configuration.contrasts.count
        network = StarGANNetwork(
            contrasts: contrasts, width: configuration.ngf, blocks: configuration.blocks,
            ceiling: Normalisation(configuration.normalisation).ceiling)
        discriminator = StarGANDiscriminator(
            width: configuration.ndf, contrasts: contrasts,
            crop: (configuration.crop.height, configuration.crop.width))
        for parameter in network.parameters + discriminator.parameters {
            parameter.initialiseByFanIn(using: &random)
        }
    }

    var synthesis: any SynthesisNetwork { network }
    var groups: [[Parameter]] { [network.parameters, discriminator.parameters] }
    func phase(of step: Int) -> TrainingPhase { .full }

    func turns(of step: Int) -> [Turn] {
        let judge = Turn(Group.discriminator.rawValue, isSynthesis: false)
        let maker = Turn(Group.generator.rawValue, isSynthesis: true)
        return (step + 1).isMultiple(of: configuration.generatorEvery) ? [judge, maker] : [judge]
    }

    /// A target, and one of the other contrasts as the source, which the cycle makes again and the discriminator takes
    /// for real: one that may be imputed, where there is one.
    func draw(_ step: Int, using random: inout SeededGenerator) throws(ModelError) -> [TrainingSample] {
        var sample = try sampler.draw(using: &random)
        let sound = sample.inputs.filter(sample.targets.contains)
        let sources = sound.isEmpty ? sample.inputs : sound
        sample.inputs = [sources[random.index(below: sources.count)]]
        return [sample]
    }

    func addGradients(_ turn: Turn, _ step: Int, of sample: inout StepSample, batch: Int, watch: GradientWatch?) {
        if turn.isSynthesis {
            addGeneratorGradients(of: &sample, batch: batch)
        } else {
            addDiscriminatorGradients(of: &sample, batch: batch, mixture: sample.random.uniform())
        }
    }

    private func addGeneratorGradients(of sample: inout StepSample, batch: Int) {
        let (slice, weights, range) = (sample.slices[0], configuration.weights, network.range)
        let own = slice.inputs[0]
        let tape = Tape(precision: configuration.precision)
        let fake = network(Variable(range.signed(slice.given[own]!)), target: slice.target, tape)
        let verdict = discriminator(fake, tape)
        let back = network(fake, target: own, tape)
        let adversarial = tape.mean(verdict.source)
        let classification = tape.crossEntropy(verdict.domain, classes: [slice.target])
        let cycle = tape.meanAbsoluteError(back, range.signed(slice.images[own]!))
        let truth = slice.images[slice.target]!
        sample.losses.reconstruction =
            Tape(recording: false).meanAbsoluteError(Variable(range.normalised(fake.value)), truth).value.item
        sample.losses.adversarial = -adversarial.value.item
        sample.losses.classification = classification.value.item
        sample.losses.cycle = cycle.value.item
        let share = 1 / Float(batch)
        for parameter in discriminator.parameters { parameter.isFrozen = true }
        tape.backward(
            from: tape.weightedSum([
                (-weights.adversarial * share, adversarial), (weights.classification * share, classification),
                (weights.cycle * share, cycle),
            ]))
        for parameter in discriminator.parameters { parameter.isFrozen = false }
    }

    /// - Parameter mixture: how much of the real image is in that at which the gradient is penalised, 0 … 1.
    func addDiscriminatorGradients(of sample: inout StepSample, batch: Int, mixture: Float) {
        let (slice, weights, range) = (sample.slices[0], configuration.weights, network.range)
        let (own, share) = (slice.inputs[0], 1 / Float(batch))
        let real = range.signed(slice.images[own]!)
        let fake = network(
            Variable(range.signed(slice.given[own]!)), target: slice.target,
            Tape(recording: false, precision: configuration.precision)
        ).value
        let tape = Tape(precision: configuration.precision)
        let (realVerdict, fakeVerdict) = (discriminator(Variable(real), tape), discriminator(Variable(fake), tape))
        let loss = tape.weightedSum([
            (-weights.adversarial, tape.mean(realVerdict.source)), (weights.adversarial, tape.mean(fakeVerdict.source)),
            (weights.classification, tape.crossEntropy(realVerdict.domain, classes: [own])),
        ])
        sample.losses.discriminator = loss.value.item
        tape.backward(from: tape.weightedSum([(share, loss)]))
        guard weights.penalty > 0 else { return }
        let mixed = zip(real.array(), fake.array()).map { mixture * $0 + (1 - mixture) * $1 }
        let penalty = GradientPenalty(
            discriminator, at: Tensor(real.shape, mixed), precision: configuration.precision)
        sample.losses.penalty = penalty.value
        penalty.addGradients(weight: weights.penalty * share)
    }
}
