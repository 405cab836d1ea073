import CollaGAN

/// One line of `training.jsonl`.
enum TrainingRecord: Codable {
    case start(Start)
    case baselines(Baselines)
    case progress(Progress)
    case validation(Validation)
    case checkpoint(Checkpoint)
    case end(End)

    /// What is trained, on whom and with what.
    struct Start: Codable {
        var software: String
        /// ISO 8601.
        var time: String
        var instructionSet: String
        /// nil, as `precision`, in what an earlier version wrote.
        var processor: String?
        var precision: String?
        var threads: Int
        var configuration: TrainingConfiguration
        var training: [String]
        var validation: [String]
        /// Patients that are not read.
        var test: [String]
        /// Patients that cannot be used, with the reason.
        var failed: [String: String]
    }

    /// Scores by contrast.
    typealias Scores = [String: ValidationScore]

    /// What the validation patients give without a network.
    struct Baselines: Codable {
        var zeroFill: Scores
        var copy: Scores
        var copied: [String: [String]]
        var regression: Scores
        /// Of whom there are pictures.
        var pictured: String
    }

    struct Progress: Codable {
        var step: Int
        var phase: TrainingPhase
        var losses: LossValues
        var rate: Float
        var stepsPerSecond: Double
        var seconds: Double
        /// Of a step; nil on one process.
        var exchange: Exchange?
    }

    /// Seconds that gradients were on their way between ranks, and those in which nothing was computed beside that.
    struct Exchange: Codable {
        var seconds: Double
        var waited: Double
    }

    struct Validation: Codable {
        var step: Int
        var seconds: Double
        var scores: Scores
        /// Mean NMSE over the contrasts; missing where one of them is not a number.
        var mean: Double?
        var best: Bool
    }

    struct Checkpoint: Codable {
        var step: Int
        var seconds: Double
    }

    /// How a run ended; a resumed training takes the line away.
    struct End: Codable {
        enum Status: String, Codable {
            case finished, interrupted, diverged, failed
        }

        var step: Int
        var seconds: Double
        var status: Status
        /// Why it diverged or failed.
        var reason: String?
    }

    /// Whether a log ends with a training that came to its end.
    static func isFinished(_ log: [TrainingRecord]) -> Bool {
        if case .end(let end)? = log.last { end.status == .finished } else { false }
    }

    /// The last validation of a log and what it is compared with; nil without one.
    static func validation(_ log: [TrainingRecord]) -> (scores: Scores, regression: Scores)? {
        var (scores, regression): (Scores?, Scores) = (nil, [:])
        for record in log {
            switch record {
            case .baselines(let content): regression = content.regression
            case .validation(let content): scores = content.scores
            default: break
            }
        }
        return scores.map { ($0, regression) }
    }

    /// Step that the record is about; nil for those that open the log.
    var step: Int? {
        switch self {
        case .start, .baselines: nil
        case .progress(let record): record.step
        case .validation(let record): record.step
        case .checkpoint(let record): record.step
        case .end(let record): record.step
        }
    }

    private enum Event: String, Codable {
        case start, baselines, progress, validation, checkpoint, end
    }

    private enum CodingKeys: String, CodingKey {
        case event
    }

    init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: CodingKeys.self).decode(Event.self, forKey: .event) {
        case .start: self = .start(try Start(from: decoder))
        case .baselines: self = .baselines(try Baselines(from: decoder))
        case .progress: self = .progress(try Progress(from: decoder))
        case .validation: self = .validation(try Validation(from: decoder))
        case .checkpoint: self = .checkpoint(try Checkpoint(from: decoder))
        case .end: self = .end(try End(from: decoder))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func write(_ event: Event, _ content: some Encodable) throws {
            try container.encode(event, forKey: .event)
            try content.encode(to: encoder)
        }
        switch self {
        case .start(let content): try write(.start, content)
        case .baselines(let content): try write(.baselines, content)
        case .progress(let content): try write(.progress, content)
        case .validation(let content): try write(.validation, content)
        case .checkpoint(let content): try write(.checkpoint, content)
        case .end(let content): try write(.end, content)
        }
    }
}
