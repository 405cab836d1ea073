import CollaGAN
import Files
import NeuralNet

/// A training's YAML file (docs/reference/training-file.md): how it trains, and which patients it must not train on.
package struct TrainingDefinition: Decodable, Sendable, Equatable {
    /// Everything that decides the training itself.
    package var configuration = TrainingConfiguration()
    /// How the patients are split; all are trained on if the file says nothing.
    package var split = SplitRule()
    /// Keys of the configuration that the file gives.
    private var given: Set<TrainingConfiguration.CodingKeys> = []
    private var givenWeights: Set<TrainingConfiguration.Weights.CodingKeys> = []

    enum CodingKeys: String, CodingKey {
        case split
    }

    package init() {}

    package init(from decoder: any Decoder) throws {
        configuration = try TrainingConfiguration(from: decoder)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        split = try values.decodeIfPresent(SplitRule.self, forKey: .split) ?? SplitRule()
        let keys = try decoder.container(keyedBy: TrainingConfiguration.CodingKeys.self)
        given = Set(try keys.allKeys.filter { try !keys.decodeNil(forKey: $0) })
        if given.contains(.weights) {
            let terms = try keys.nestedContainer(
                keyedBy: TrainingConfiguration.Weights.CodingKeys.self, forKey: .weights)
            givenWeights = Set(terms.allKeys)
        }
    }

    /// Reads a file and makes the path of another training's split absolute.
    /// - Parameter model: what the training starts from, which decides the keys that the file leaves out.
    /// - Throws: as `StrictYAML.decode`, and `CollaGANError.Code.badConfiguration` for values that do not make sense.
    package static func load(_ path: String, from model: ModelFile? = nil) throws(CollaGANError) -> TrainingDefinition {
        var definition = try StrictYAML.decode(TrainingDefinition.self, file: path)
        do throws(ModelError) {
            try definition.configuration.requireKeys(definition.given, weights: definition.givenWeights)
            guard model != nil || definition.configuration.start == nil else {
                throw ModelError(
                    .configuration, "",
                    "'start' says what is taken over of a model, but none is given; give it with --from, or remove"
                        + " the key"
                )
            }
            if let model {
                try definition.configuration.start(from: model.model, sha256: model.sha256, given: definition.given)
            }
            try definition.configuration.validate()
        } catch {
            throw CollaGANError(.badConfiguration, path: path, "\(path): \(error.message)")
        }
        try definition.split.validate(path)
        if let file = definition.split.file, !file.hasPrefix("/") {
            definition.split.file = FilePath.absolute("\(FilePath.folder(FilePath.absolute(path)))/\(file)")
        }
        return definition
    }
}
