import NeuralNet
import Preprocessing
import Tensors

/// What CycleGAN and pix2pix share: a generator and a discriminator for every ordered pair of contrasts.
protocol CrossDomainMethod: Method {}

extension CrossDomainMethod {
    package static var takesOneInput: Bool { true }

    package static func network(
        _ description: ModelDescription, for file: Safetensors, path: String
    ) throws(ModelError) -> any SynthesisNetwork {
        try description.requireTranslation(
            in: file, path,
            CrossDomainNetwork.largest(
                contrasts: description.contrasts.count, width: description.ngf, blocks: description.blocks))
        return network(description, sharing: [:])
    }

    package static func network(
        _ description: ModelDescription, sharing weights: [String: Tensor]
    ) -> any SynthesisNetwork {
        CrossDomainNetwork(
            contrasts: description.contrasts.count, width: description.ngf, blocks: description.blocks,
            ceiling: description.normalisation.ceiling, sharing: weights)
    }

    package static func validate(_ configuration: TrainingConfiguration) throws(ModelError) {
        try configuration.validateTranslation()
    }

    /// As published: Adam 2e-4, constant for half of the steps, then falling to 0.
    static func setSharedDefaults(of configuration: inout TrainingConfiguration) {
        (configuration.blocks, configuration.ndf) = (9, 64)
        configuration.optimiser.rate = 2e-4
        configuration.optimiser.decay = .late
        configuration.augmentation = AugmentationSettings(flip: 0.5)
    }
}

extension ModelDescription {
    /// Checks a file before memory is taken for a network that translates.
    ///
    /// - Throws: `ModelError.Code.mismatch`.
    func requireTranslation(
        in file: Safetensors, _ path: String, _ largest: [(name: String, shape: [Int])]
    ) throws(ModelError) {
        guard sources.count == contrasts.count else {
            throw ModelError(
                .mismatch, path, "metadata 'sources' is missing, which a model of one input needs; fetch it again")
        }
        guard blocks >= 1 else {
            throw ModelError(.mismatch, path, "metadata 'blocks' is missing, which this method needs; fetch it again")
        }
        for (name, shape) in largest where file.tensors[name]?.shape != shape {
            throw ModelError(
                .mismatch, path,
                "lacks '\(name)' of the width ngf \(ngf) that it names; it is not a whole weight file")
        }
    }
}

extension TrainingConfiguration {
    /// Checks the keys of networks that translate.
    func validateTranslation() throws(ModelError) {
        guard (1...1024).contains(ngf), (1...1024).contains(ndf) else {
            throw ModelError(.configuration, "", "ngf, ndf: must be from 1 to 1024")
        }
        guard (1...32).contains(blocks) else { throw ModelError(.configuration, "", "blocks: must be from 1 to 32") }
    }
}

/// The networks of all pairs in training. The pairs take turns by the number of the step.
struct PairedNetworks {
    typealias Direction = (source: Int, target: Int)

    let network: CrossDomainNetwork
    /// Both directions of every pair of contrasts.
    let pairs: [[Direction]]
    /// By pair, by direction: judges what the direction's generator makes.
    private let judges: [[(discriminator: PatchDiscriminator, parameters: [Parameter])]]
    private let hasJudges: Bool

    /// - Parameter judgedChannels: what the discriminators see.
    init(_ configuration: TrainingConfiguration, judgedChannels: Int, using random: inout SeededGenerator) {
        let contrasts = configuration.contrasts.count
        network = CrossDomainNetwork(
            contrasts: contrasts, width: configuration.ngf, blocks: configuration.blocks,
            ceiling: Normalisation(configuration.normalisation).ceiling)
        pairs = CrossDomainNetwork.pairs(contrasts)
        judges = pairs.map { pair in
            pair.map { direction in
                let registry = ParameterRegistry()
                let prefix = "discriminator.\(direction.source)to\(direction.target)"
                let discriminator = PatchDiscriminator(
                    registry, prefix, inputs: judgedChannels, width: configuration.ndf)
                return (discriminator, registry.parameters)
            }
        }
        hasJudges = configuration.weights.adversarial > 0
        for parameter in groups.joined() { parameter.initialiseNormal(deviation: 0.02, using: &random) }
    }

    /// Generators, then discriminators, of every pair.
    var groups: [[Parameter]] {
        pairs.indices.flatMap { pair in
            [pairs[pair].flatMap(network.parameters), judges[pair].flatMap(\.parameters)]
        }
    }

    func pair(of step: Int) -> Int { step % pairs.count }

    func turns(of step: Int) -> [Turn] {
        let group = 2 * pair(of: step)
        return [Turn(group, isSynthesis: true)]
            + (hasJudges ? [Turn(group + 1, isSynthesis: false, isIndependent: true)] : [])
    }

    /// The source map of what a direction made, or of what it should have made.
    func judge(_ x: Variable, pair: Int, direction: Int, _ tape: Tape) -> Variable {
        judges[pair][direction].discriminator(x, tape)
    }

    /// Differentiates the generators' loss, with the discriminators as they are.
    func addGeneratorGradients(of loss: Variable, pair: Int, _ tape: Tape) {
        let parameters = judges[pair].flatMap(\.parameters)
        for parameter in parameters { parameter.isFrozen = true }
        tape.backward(from: loss)
        for parameter in parameters { parameter.isFrozen = false }
    }
}
