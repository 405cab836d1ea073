import Foundation
import NeuralNet
import Tensors

/// Everything a training needs to go on as if it had never stopped, as one safetensors file with a checksum.
///
/// Tensors: the networks' weights, `optimiser.<weight>.<state>` (of Adam: `first` and `second`), and `average.<weight>`
/// if weights are averaged. Metadata: format, and `position` as JSON.
struct Checkpoint {
    static let format = "collagan training 3"

    let method: any MethodTraining
    /// One for each of the method's groups.
    let optimisers: [any Optimiser]
    /// Running average of the weights that become the model; nil if off.
    let average: ExponentialAverage?

    /// Which training a checkpoint belongs to.
    struct Owner: Codable, Equatable {
        var configuration: TrainingConfiguration
        /// Names of the patients trained on, and of those held out.
        var patients: [String]
        var validation: [String]
    }

    /// Metadata beside the tensors: where the training stands.
    struct Position: Codable, Equatable {
        var step: Int
        /// By the method's groups.
        var updates: [Int]
        /// Decides every sample to come, so it is the position in the data, too.
        var random: SeededGenerator
        var ledger: TrainingLedger
        var owner: Owner
        /// On what it has been computed so far, in order; nil in what an earlier version wrote.
        var computed: [ComputingRecord]?
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Throws: `ModelError.Code.diverged`, and nothing is written, if a value is not finite; `.unwritable`.
    func write(_ position: Position, to path: String) throws(ModelError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let json = try? encoder.encode(position) else {
            throw ModelError(
                .unwritable, path, "the training's position cannot be encoded; check the configuration's numbers")
        }
        var file = Safetensors(metadata: ["format": Self.format, "position": String(decoding: json, as: UTF8.self)])
        for parameters in method.groups { file.store(parameters) }
        file.tensors.merge(method.memory) { $1 }
        for (name, parameter, tensor) in extraTensors() {
            file.tensors[name] = Safetensors.Entry(
                shape: parameter.fileShape, values: parameter.fileValues(of: tensor))
        }
        if let name = file.tensors.keys.sorted().first(where: {
            file.tensors[$0]?.values.allSatisfy(\.isFinite) == false
        }) {
            throw ModelError(.diverged, "", "'\(name)' holds values that are no longer numbers")
        }
        try file.write(to: path)
    }

    /// Restores the networks, optimisers and average.
    ///
    /// - Throws: `ModelError` if the file is damaged; with code `.configuration` if it belongs to another training.
    func restore(from path: String, expecting owner: Owner) throws(ModelError) -> Position {
        let file = try Safetensors.read(path, needsChecksum: true)
        let position = try Self.position(in: file, path)
        let (now, begun) = (owner.configuration.start?.model, position.owner.configuration.start?.model)
        if let mismatch = TrainingConfiguration.Start.Model.mismatch(now, begun: begun) {
            throw ModelError(.configuration, path, mismatch)
        }
        guard position.owner.configuration == owner.configuration else {
            throw ModelError(
                .configuration, path,
                "was made with another configuration; use the same one, or another output folder without --resume")
        }
        guard position.owner.patients == owner.patients else {
            throw ModelError(
                .configuration, path,
                "was made with \(position.owner.patients.count) patients, not the \(owner.patients.count) of now (\(Self.difference(position.owner.patients, owner.patients))); use the same ones, or another output folder without --resume"
            )
        }
        guard position.owner.validation == owner.validation else {
            let names = position.owner.validation.joined(separator: ", ")
            throw ModelError(
                .configuration, path,
                "was made with \(names.isEmpty ? "no patient" : names) held out; hold out the same ones, or use another output folder without --resume"
            )
        }
        guard position.updates.count == optimisers.count else {
            throw ModelError(
                .malformed, path, "is not of the networks of method \(owner.configuration.method.rawValue)")
        }
        for parameters in method.groups { try file.load(into: parameters, path: path) }
        try method.restoreMemory(from: file, path: path)
        for (name, parameter, tensor) in extraTensors() {
            guard let entry = file.tensors[name], entry.shape == parameter.fileShape else {
                throw ModelError(.malformed, path, "lacks '\(name)'")
            }
            parameter.setFileValues(entry.values, into: tensor)
        }
        for (optimiser, updates) in zip(optimisers, position.updates) { optimiser.step = updates }
        return position
    }

    /// Where the training stands that a file was read from.
    ///
    /// - Throws: `ModelError.Code.malformed` if it is no checkpoint.
    static func position(in file: Safetensors, _ path: String) throws(ModelError) -> Position {
        guard file.metadata["format"] == format, let text = file.metadata["position"],
            let position = try? JSONDecoder().decode(Position.self, from: Data(text.utf8))
        else { throw ModelError(.malformed, path, "is not a training checkpoint of this version") }
        return position
    }

    /// Who is on one list only, a few names at most.
    private static func difference(_ before: [String], _ now: [String]) -> String {
        let names =
            before.filter { !now.contains($0) }.map { "\($0) is missing" }
            + now.filter { !before.contains($0) }.map { "\($0) is new" }
        return names.isEmpty
            ? "in another order" : names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " …" : "")
    }

    private func extraTensors() -> [(String, Parameter, Tensor)] {
        var result: [(String, Parameter, Tensor)] = []
        for optimiser in optimisers {
            for (name, tensors) in optimiser.state {
                for (parameter, tensor) in zip(optimiser.parameters, tensors) {
                    result.append(("optimiser.\(parameter.name).\(name)", parameter, tensor))
                }
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

extension Checkpoint.Position {
    /// As version 0.1 wrote them, which knew two networks.
    private enum OldKeys: String, CodingKey {
        case generatorUpdates, discriminatorUpdates
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let old = try decoder.container(keyedBy: OldKeys.self)
        updates =
            try values.decodeIfPresent([Int].self, forKey: .updates)
            ?? [old.decode(Int.self, forKey: .generatorUpdates), old.decode(Int.self, forKey: .discriminatorUpdates)]
        step = try values.decode(Int.self, forKey: .step)
        random = try values.decode(SeededGenerator.self, forKey: .random)
        ledger = try values.decode(TrainingLedger.self, forKey: .ledger)
        owner = try values.decode(Checkpoint.Owner.self, forKey: .owner)
        computed = try values.decodeIfPresent([ComputingRecord].self, forKey: .computed)
    }
}
