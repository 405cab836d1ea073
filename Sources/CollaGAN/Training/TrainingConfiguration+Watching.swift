extension TrainingConfiguration {
    /// When checkpoints are written, and how many are kept.
    public struct Checkpoints: Sendable, Codable, Equatable {
        /// Steps between checkpoints.
        public var every = 500
        /// How many of the last ones are kept.
        public var keep = 3

        public init() {}

        enum CodingKeys: String, CodingKey {
            case every, keep
        }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            try values.decode(into: &every, .every)
            try values.decode(into: &keep, .keep)
        }
    }

    /// When held-out patients are looked at, and how closely; without such patients it means nothing.
    public struct Validation: Sendable, Codable, Equatable {
        /// Steps between validations; the last step is always followed by one.
        public var every = 1000
        /// At most so many slices of each patient, evenly spread over those that hold brain.
        public var slices = 24

        public init() {}

        enum CodingKeys: String, CodingKey {
            case every, slices
        }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            try values.decode(into: &every, .every)
            try values.decode(into: &slices, .slices)
        }
    }
}
