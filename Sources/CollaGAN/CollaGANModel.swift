import Foundation
import Metrics
import NeuralNet
import Tensors

/// A generator's weights with everything needed to use them.
package struct CollaGANModel: Sendable {
    package let description: ModelDescription
    /// `generator.…` tensors in the layout of the weight file.
    let weights: Safetensors

    /// Takes the generator's present weights.
    init(_ description: ModelDescription, generator: Generator) {
        self.description = description
        var weights = Safetensors()
        weights.store(generator.parameters)
        self.weights = weights
    }

    /// An untrained model with Xavier-uniform weights drawn from the seed; for tests and benchmarks.
    ///
    /// - Precondition: `ngf` is a multiple of the number of contrasts.
    package static func random(_ description: ModelDescription, seed: UInt64) -> CollaGANModel {
        let generator = Generator(ngf: description.ngf, contrasts: description.contrasts.count)
        var random = SeededGenerator(seed: seed)
        for parameter in generator.parameters { parameter.initialiseXavier(using: &random) }
        return CollaGANModel(description, generator: generator)
    }

    /// Reads a weight file (method.md §8). Metadata that a file made elsewhere lacks gets defaults: crop 240×240, spacing 1 mm, reference
    /// scales 1, no regressions.
    ///
    /// - Throws: `ModelError` when the file is missing, damaged, or of another network.
    package static func load(_ path: String) throws(ModelError) -> CollaGANModel {
        let file = try Safetensors.read(path)
        let description = try ModelDescription(metadata: file.metadata, path: path)
        let generator = try Generator(
            for: file, ngf: description.ngf, contrasts: description.contrasts.count, path: path)
        try file.load(into: generator.parameters, path: path)
        return CollaGANModel(description: description, weights: file)
    }

    private init(description: ModelDescription, weights: Safetensors) {
        self.description = description
        self.weights = Safetensors(tensors: weights.tensors.filter { $0.key.hasPrefix("generator.") })
    }

    /// Writes the weight file, whole or not at all.
    ///
    /// - Throws: `ModelError` when the path cannot be written.
    package func save(to path: String) throws(ModelError) {
        try Safetensors(metadata: description.metadata(), tensors: weights.tensors).write(to: path)
    }

    /// Number of trainable values of the generator.
    package var parameterCount: Int { weights.tensors.values.reduce(0) { $0 + $1.values.count } }

    /// Whether a voxelwise quadratic regression runs beside the network (method.md §10).
    package var hasRegressionSkip: Bool { weights.tensors[Generator.skipName] != nil }

    /// A generator with these weights, for one thread of control.
    func makeGenerator() -> Generator {
        let generator = Generator(
            ngf: description.ngf, contrasts: description.contrasts.count, regressionSkip: hasRegressionSkip)
        for parameter in generator.parameters {
            if let entry = weights.tensors[parameter.name] {
                parameter.setFileValues(entry.values, into: parameter.values)
            }
        }
        return generator
    }
}
