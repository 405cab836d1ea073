import CollaGAN

/// A training's YAML file (docs/training.md): how it trains, and which patients it must not train on.
struct TrainingDefinition: Decodable {
    var configuration: TrainingConfiguration
    /// Names of the patients held out for validation: `split: {validation: [NAME, …]}`.
    var heldOut: [String]

    private enum CodingKeys: String, CodingKey {
        case split
    }

    private struct Split: Decodable {
        var validation: [String]?
    }

    init(from decoder: any Decoder) throws {
        configuration = try TrainingConfiguration(from: decoder)
        let split = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Split.self, forKey: .split)
        heldOut = split?.validation ?? []
    }
}
