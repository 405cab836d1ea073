import NeuralNet
import Tensors

/// The paired control: CycleGAN's networks, taught by slices of which both contrasts are known, after Isola, Zhu, Zhou,
/// Efros, CVPR 2017, arXiv:1611.07004, with least squares.
enum Pix2PixMethod: CrossDomainMethod {
    package static let name = "pix2pix"
    package static let keys: Set<TrainingConfiguration.CodingKeys> = [.blocks, .ndf]
    package static let weights: Set<TrainingConfiguration.Weights.CodingKeys> = [.adversarial, .reconstruction]

    package static func setDefaults(of configuration: inout TrainingConfiguration) {
        setSharedDefaults(of: &configuration)
        (configuration.weights.adversarial, configuration.weights.reconstruction) = (1, 100)
    }

    package static func training(
        _ configuration: TrainingConfiguration, _ material: TrainingMaterial, using random: inout SeededGenerator
    ) throws(ModelError) -> any MethodTraining {
        try Pix2PixTraining(configuration, material.patients, using: &random)
    }
}

final class Pix2PixTraining: MethodTraining {
    private let configuration: TrainingConfiguration
    private let networks: PairedNetworks
    /// By pair.
    private let samplers: [TrainingSampler]
    let groups: [[Parameter]]

    init(
        _ configuration: TrainingConfiguration, _ patients: [TrainingPatient], using random: inout SeededGenerator
    ) throws(ModelError) {
        self.configuration = configuration
        networks = PairedNetworks(configuration, judgedChannels: 2, using: &random)
        groups = networks.groups
        samplers = try networks.pairs.map { pair throws(ModelError) in
            try TrainingSampler(patients, configuration, target: pair[0].target, source: pair[0].source)
        }
    }

    var synthesis: any SynthesisNetwork { networks.network }
    func phase(of step: Int) -> TrainingPhase { .full }
    func turns(of step: Int) -> [Turn] { networks.turns(of: step) }

    func draw(_ step: Int, using random: inout SeededGenerator) throws(ModelError) -> [TrainingSample] {
        [try samplers[networks.pair(of: step)].draw(using: &random)]
    }

    func addGradients(_ turn: Turn, _ step: Int, of sample: inout StepSample, batch: Int, watch: GradientWatch?) {
        let (pair, slice) = (networks.pair(of: step), sample.slices[0])
        let tape = Tape(precision: configuration.precision)
        let both = networks.pairs[pair].map { direction in
            (
                given: networks.network.range.signed(slice.given[direction.source]!),
                truth: networks.network.range.signed(slice.images[direction.target]!)
            )
        }
        func judge(_ image: Variable, _ direction: Int) -> Variable {
            networks.judge(
                tape.concatenate([Variable(both[direction].given), image]), pair: pair, direction: direction, tape)
        }
        guard turn.isSynthesis else {
            guard let fakes = sample.fakes else { return }
            var terms: [(weight: Float, term: Variable)] = []
            for (index, images) in both.enumerated() {
                let fake = Variable(fakes.images.images(index..<index + 1))
                terms.append((0.5, tape.meanSquaredError(judge(Variable(images.truth), index), from: 1)))
                terms.append((0.5, tape.meanSquaredError(judge(fake, index), from: 0)))
            }
            let loss = tape.weightedSum(terms)
            sample.losses.discriminator = loss.value.item
            tape.backward(from: tape.weightedSum([(1 / Float(batch), loss)]))
            return
        }
        let (weights, share) = (configuration.weights, 1 / Float(batch))
        var (terms, made): ([(weight: Float, term: Variable)], [Variable]) = ([], [])
        var (adversarial, reconstruction): (Float, Float) = (0, 0)
        for (index, direction) in networks.pairs[pair].enumerated() {
            let fake = networks.network(Variable(both[index].given), direction, tape)
            made.append(fake)
            let difference = tape.meanAbsoluteError(fake, both[index].truth)
            reconstruction += difference.value.item / 2
            terms.append((weights.reconstruction * share, difference))
            guard weights.adversarial > 0 else { continue }
            let verdict = tape.meanSquaredError(judge(fake, index), from: 1)
            adversarial += verdict.value.item
            terms.append((weights.adversarial * share, verdict))
        }
        sample.losses.reconstruction = networks.network.range.normalised(difference: reconstruction)
        if weights.adversarial > 0 { sample.losses.adversarial = adversarial }
        sample.fakes = Fakes(images: tape.stack(made).value, contrasts: networks.pairs[pair].map(\.target))
        networks.addGeneratorGradients(of: tape.weightedSum(terms), pair: pair, tape)
    }
}
