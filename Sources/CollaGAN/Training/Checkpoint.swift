import Foundation
import NeuralNet
import Tensors

/// Everything a training needs to go on as if it had never stopped, as one safetensors file.
///
/// Tensors: the networks' weights, `optimiser.<weight>.first` and `.second`, and `average.<weight>` if weights are averaged.
/// Metadata: format, step, both optimisers' step counts, random state, configuration.
struct Checkpoint {
    static let format = "collagan training 1"

    let generator: Generator
    let discriminator: Discriminator
    let optimisers: (generator: Adam, discriminator: Adam)
    /// Running average of the generator's weights; nil if off.
    let average: ExponentialAverage?

    /// Metadata beside the tensors.
    struct Position: Codable, Equatable {
        var step: Int
        var generatorUpdates: Int
        var discriminatorUpdates: Int
        var random: SeededGenerator
        var configuration: TrainingConfiguration
        var patients: [String]
    }

    func write(_ position: Position, to path: String) throws(ModelError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let json = try? encoder.encode(position) else {
            throw ModelError(
                .unwritable, path, "the training's position cannot be encoded; check the configuration's numbers")
        }
        var file = Safetensors(metadata: ["format": Self.format, "position": String(decoding: json, as: UTF8.self)])
        file.store(generator.parameters)
        file.store(discriminator.parameters)
        for (name, parameter, tensor) in extraTensors() {
            file.tensors[name] = Safetensors.Entry(
                shape: parameter.fileShape, values: parameter.fileValues(of: tensor))
        }
        try file.write(to: path)
    }

    /// Restores the networks, optimisers and average.
    ///
    /// - Throws: `ModelError` if the file is damaged or belongs to another configuration or other patients.
    func restore(from path: String, expecting configuration: TrainingConfiguration, patients: [String])
        throws(ModelError)
        -> Position
    {
        let file = try Safetensors.read(path)
        guard file.metadata["format"] == Self.format, let text = file.metadata["position"],
            let position = try? JSONDecoder().decode(Position.self, from: Data(text.utf8))
        else { throw ModelError(.malformed, path, "is not a training checkpoint; train without --resume") }
        guard position.configuration == configuration else {
            throw ModelError(
                .configuration, path,
                "was made with another configuration; use the same one, or another output folder without --resume")
        }
        guard position.patients == patients else {
            throw ModelError(
                .configuration, path,
                "was made with the patients \(position.patients.joined(separator: ", ")); use the same ones, or another output folder without --resume"
            )
        }
        try file.load(into: generator.parameters, path: path)
        try file.load(into: discriminator.parameters, path: path)
        for (name, parameter, tensor) in extraTensors() {
            guard let entry = file.tensors[name], entry.shape == parameter.fileShape else {
                throw ModelError(.malformed, path, "lacks '\(name)'; train without --resume")
            }
            parameter.setFileValues(entry.values, into: tensor)
        }
        optimisers.generator.step = position.generatorUpdates
        optimisers.discriminator.step = position.discriminatorUpdates
        return position
    }

    private func extraTensors() -> [(String, Parameter, Tensor)] {
        var result: [(String, Parameter, Tensor)] = []
        for optimiser in [optimisers.generator, optimisers.discriminator] {
            for (parameter, moment) in zip(optimiser.parameters, optimiser.moments) {
                result.append(("optimiser.\(parameter.name).first", parameter, moment.first))
                result.append(("optimiser.\(parameter.name).second", parameter, moment.second))
            }
        }
        if let average {
            for (parameter, tensor) in zip(average.parameters, average.values) {
                result.append(("average.\(parameter.name)", parameter, tensor))
            }
        }
        return result
    }
}
