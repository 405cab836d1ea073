import NeuralNet
import Tensors

/// CycleGAN for every pair of contrasts (Zhu, Park, Isola, Efros, ICCV 2017, arXiv:1703.10593): the two images of a
/// sample do not belong together.
enum CycleGANMethod: CrossDomainMethod {
    package static let name = "cyclegan"
    package static let keys: Set<TrainingConfiguration.CodingKeys> = [.blocks, .ndf, .pool]
    package static let weights: Set<TrainingConfiguration.Weights.CodingKeys> = [.cycle, .adversarial, .identity]

    package static func setDefaults(of configuration: inout TrainingConfiguration) {
        setSharedDefaults(of: &configuration)
        configuration.pool = 50
        (configuration.weights.cycle, configuration.weights.adversarial) = (10, 1)
        configuration.weights.identity = 5
    }

    package static func validate(_ configuration: TrainingConfiguration) throws(ModelError) {
        try configuration.validateTranslation()
        guard (0...1000).contains(configuration.pool) else {
            throw ModelError(.configuration, "", "pool: must be from 0 to 1000")
        }
    }

    package static func training(
        _ configuration: TrainingConfiguration, _ material: TrainingMaterial, using random: inout SeededGenerator
    ) throws(ModelError) -> any MethodTraining {
        try CycleGANTraining(configuration, material.patients, using: &random)
    }
}

final class CycleGANTraining: MethodTraining {
    private let configuration: TrainingConfiguration
    private let networks: PairedNetworks
    /// By contrast.
    private let samplers: [TrainingSampler]
    /// By pair, by direction.
    private var pools: [[ImagePool]]
    let groups: [[Parameter]]

    init(
        _ configuration: TrainingConfiguration, _ patients: [TrainingPatient], using random: inout SeededGenerator
    ) throws(ModelError) {
        self.configuration = configuration
        networks = PairedNetworks(configuration, judgedChannels: 1, using: &random)
        groups = networks.groups
        samplers = try configuration.contrasts.indices.map { contrast throws(ModelError) in
            try TrainingSampler(patients, configuration, target: contrast)
        }
        pools = networks.pairs.map { $0.map { _ in ImagePool(capacity: configuration.pool) } }
    }

    var synthesis: any SynthesisNetwork { networks.network }
    func phase(of step: Int) -> TrainingPhase { .full }
    func turns(of step: Int) -> [Turn] { networks.turns(of: step) }

    /// One slice for each contrast of the pair, the sources of its two directions.
    func draw(_ step: Int, using random: inout SeededGenerator) throws(ModelError) -> [TrainingSample] {
        var slices: [TrainingSample] = []
        for direction in networks.pairs[networks.pair(of: step)] {
            slices.append(try samplers[direction.source].draw(using: &random))
        }
        return slices
    }

    func addGradients(_ turn: Turn, _ step: Int, of sample: inout StepSample, batch: Int, watch: GradientWatch?) {
        let pair = networks.pair(of: step)
        if turn.isSynthesis {
            addGeneratorGradients(pair, of: &sample, batch: batch)
        } else {
            addDiscriminatorGradients(pair, of: &sample, batch: batch)
        }
    }

    private func addGeneratorGradients(_ pair: Int, of sample: inout StepSample, batch: Int) {
        let (network, weights) = (networks.network, configuration.weights)
        let directions = networks.pairs[pair]
        let tape = Tape(precision: configuration.precision)
        let given = directions.indices.map { network.range.signed(sample.slices[$0].given[directions[$0].source]!) }
        let real = directions.indices.map { network.range.signed(sample.slices[$0].images[directions[$0].source]!) }
        var (terms, made): ([(weight: Float, term: Variable)], [Variable]) = ([], [])
        var totals: (cycle: Float, identity: Float, adversarial: Float) = (0, 0, 0)
        func add(_ weight: Float, _ term: Variable, to total: inout Float) {
            total += term.value.item
            terms.append((weight / Float(batch), term))
        }
        for (index, direction) in directions.enumerated() {
            let fake = network(Variable(given[index]), direction, tape)
            made.append(fake)
            if weights.adversarial > 0 {
                let verdict = networks.judge(fake, pair: pair, direction: index, tape)
                add(weights.adversarial, tape.meanSquaredError(verdict, from: 1), to: &totals.adversarial)
            }
            if weights.cycle > 0 {
                let back = network(fake, directions[1 - index], tape)
                add(weights.cycle, tape.meanAbsoluteError(back, real[index]), to: &totals.cycle)
            }
            if weights.identity > 0 {
                let same = network(Variable(given[1 - index]), direction, tape)
                add(weights.identity, tape.meanAbsoluteError(same, real[1 - index]), to: &totals.identity)
            }
        }
        if weights.adversarial > 0 { sample.losses.adversarial = totals.adversarial }
        if weights.cycle > 0 { sample.losses.cycle = totals.cycle }
        if weights.identity > 0 { sample.losses.identity = totals.identity }
        sample.losses.reconstruction = reconstruction(made, directions, sample.slices)
        sample.fakes = Fakes(images: tape.stack(made).value, contrasts: directions.map(\.target))
        networks.addGeneratorGradients(of: tape.weightedSum(terms), pair: pair, tape)
    }

    /// Only measured, never trained on; nil where no truth is known.
    private func reconstruction(
        _ made: [Variable], _ directions: [PairedNetworks.Direction], _ slices: [TrainingSample]
    ) -> Float? {
        let range = networks.network.range
        let differences = directions.indices.compactMap { index in
            slices[index].images[directions[index].target].map { truth in
                Tape(recording: false).meanAbsoluteError(Variable(range.normalised(made[index].value)), truth).value
                    .item
            }
        }
        return differences.isEmpty ? nil : differences.reduce(0, +) / Float(differences.count)
    }

    private func addDiscriminatorGradients(_ pair: Int, of sample: inout StepSample, batch: Int) {
        guard let fakes = sample.fakes else { return }
        let (range, directions) = (networks.network.range, networks.pairs[pair])
        let tape = Tape(precision: configuration.precision)
        var terms: [(weight: Float, term: Variable)] = []
        for (index, direction) in directions.enumerated() {
            let real = range.signed(sample.slices[1 - index].images[direction.target]!)
            let old = pools[pair][index].exchange(fakes.images.images(index..<index + 1), using: &sample.random)
            for (image, truth) in [(real, Float(1)), (old, 0)] {
                let verdict = networks.judge(Variable(image), pair: pair, direction: index, tape)
                terms.append((0.5, tape.meanSquaredError(verdict, from: truth)))
            }
        }
        let loss = tape.weightedSum(terms)
        sample.losses.discriminator = loss.value.item
        tape.backward(from: tape.weightedSum([(1 / Float(batch), loss)]))
    }

    // MARK: Memory

    var cannotBeShared: String? {
        configuration.pool == 0 ? nil : "pool: ranks cannot share it; set pool: 0, or train without --distributed"
    }

    var memory: [String: Safetensors.Entry] {
        var entries: [String: Safetensors.Entry] = [:]
        for (pair, directions) in networks.pairs.enumerated() {
            for (index, direction) in directions.enumerated() {
                entries[Self.name(direction)] = pools[pair][index].entry
            }
        }
        return entries
    }

    func restoreMemory(from file: Safetensors, path: String) throws(ModelError) {
        let (height, width) = (configuration.crop.height, configuration.crop.width)
        for (pair, directions) in networks.pairs.enumerated() {
            for (index, direction) in directions.enumerated() {
                let name = Self.name(direction)
                guard pools[pair][index].restore(from: file.tensors[name], height: height, width: width) else {
                    throw ModelError(.malformed, path, "'\(name)' does not hold images of the training's crop")
                }
            }
        }
    }

    private static func name(_ direction: PairedNetworks.Direction) -> String {
        "pool.\(direction.source)to\(direction.target)"
    }
}
