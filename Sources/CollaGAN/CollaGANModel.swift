import Foundation
import NeuralNet
import Tensors

/// The weights of a method's network with everything needed to use them.
package struct CollaGANModel: Sendable {
    package let description: ModelDescription
    /// By name, in the network's layout. Networks made of the model share them; none writes to them.
    private let weights: [String: Tensor]

    /// Copies the network's present weights, or `values`, one for each of its parameters.
    init(_ description: ModelDescription, network: any SynthesisNetwork, values: [Tensor]? = nil) {
        let values = values ?? network.parameters.map(\.values)
        self.init(description, network, values.map { Tensor($0.shape, $0.array()) })
    }

    private init(_ description: ModelDescription, _ network: any SynthesisNetwork, _ values: [Tensor]) {
        self.description = description
        weights = Dictionary(uniqueKeysWithValues: zip(network.parameters.map(\.name), values))
    }

    /// An untrained model with Xavier-uniform weights drawn from the seed; for tests and benchmarks.
    package static func random(_ description: ModelDescription, seed: UInt64) -> CollaGANModel {
        let network = description.method.kind.network(description, sharing: [:])
        var random = SeededGenerator(seed: seed)
        for parameter in network.parameters { parameter.initialiseXavier(using: &random) }
        return CollaGANModel(description, network, network.parameters.map(\.values))
    }

    /// Reads a weight file (method.md §8).
    ///
    /// - Throws: `ModelError` when the file is missing, damaged, or of another network.
    package static func load(_ path: String) throws(ModelError) -> CollaGANModel {
        try CollaGANModel(Safetensors.read(path), path: path)
    }

    /// The same weights under another description of the same network.
    package func described(as description: ModelDescription) -> CollaGANModel {
        CollaGANModel(description: description, weights: weights)
    }

    private init(description: ModelDescription, weights: [String: Tensor]) {
        (self.description, self.weights) = (description, weights)
    }

    /// Writes the weight file, whole or not at all.
    ///
    /// - Throws: `ModelError` when the path cannot be written.
    package func save(to path: String) throws(ModelError) {
        try file.write(to: path)
    }

    /// Number of trainable values of the network.
    package var parameterCount: Int { weights.values.reduce(0) { $0 + $1.shape.count } }

    /// How many generators it holds, and multiply-adds of one's pass over one slice, without a regression beside it.
    package func cost(height: Int, width: Int) -> (generators: Int, multiplyAdds: Int) {
        let network = makeNetwork()
        return (network.generatorCount, network.multiplyAdds(height: height, width: width))
    }

    /// Whether a voxelwise quadratic regression runs beside the network (method.md §10).
    package var hasRegressionBranch: Bool { weights[Generator.regressionName] != nil }

    /// A network with these weights, for one thread of control; not to be trained.
    func makeNetwork() -> any SynthesisNetwork { description.method.kind.network(description, sharing: weights) }
}
