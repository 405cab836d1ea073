import Foundation
import Metrics
import NeuralNet
import Tensors

/// A generator's weights with everything needed to use them.
package struct CollaGANModel: Sendable {
    package let description: ModelDescription
    /// The generator's weights by name, in its layout. Generators made of the model share them; none writes to them.
    private let weights: [String: Tensor]

    /// Copies the generator's present weights, or `values`, one for each of its parameters.
    init(_ description: ModelDescription, generator: Generator, values: [Tensor]? = nil) {
        let values = values ?? generator.parameters.map(\.values)
        self.init(description, generator, values.map { Tensor($0.shape, $0.array()) })
    }

    private init(_ description: ModelDescription, _ generator: Generator, _ values: [Tensor]) {
        self.description = description
        weights = Dictionary(uniqueKeysWithValues: zip(generator.parameters.map(\.name), values))
    }

    /// An untrained model with Xavier-uniform weights drawn from the seed; for tests and benchmarks.
    package static func random(_ description: ModelDescription, seed: UInt64) -> CollaGANModel {
        let generator = Generator(
            ngf: description.ngf, contrasts: description.contrasts.count, encoderWidth: description.encoderWidth,
            emptyEncoders: description.emptyEncoders.count)
        var random = SeededGenerator(seed: seed)
        for parameter in generator.parameters { parameter.initialiseXavier(using: &random) }
        return CollaGANModel(description, generator, generator.parameters.map(\.values))
    }

    /// Reads a weight file (method.md §8).
    ///
    /// - Throws: `ModelError` when the file is missing, damaged, or of another network.
    package static func load(_ path: String) throws(ModelError) -> CollaGANModel {
        try CollaGANModel(Safetensors.read(path), path: path)
    }

    /// The same weights under another description of the same network.
    func described(as description: ModelDescription) -> CollaGANModel {
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

    /// Number of trainable values of the generator.
    package var parameterCount: Int { weights.values.reduce(0) { $0 + $1.shape.count } }

    /// Whether a voxelwise quadratic regression runs beside the network (method.md §10).
    package var hasRegressionBranch: Bool { weights[Generator.regressionName] != nil }

    private var regressionRows: RegressionRows? {
        let contrasts = description.contrasts.count
        return weights[Generator.regressionName].flatMap {
            RegressionRows(contrasts: contrasts, count: $0.shape.count / RegressionFeatures(contrasts: contrasts).count)
        }
    }

    /// A generator with these weights, for one thread of control; not to be trained.
    func makeGenerator() -> Generator {
        Generator(
            ngf: description.ngf, contrasts: description.contrasts.count, encoderWidth: description.encoderWidth,
            emptyEncoders: description.emptyEncoders.count, regressionRows: regressionRows,
            sharing: weights)
    }
}
