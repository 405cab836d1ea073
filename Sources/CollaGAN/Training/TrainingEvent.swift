/// What a training tells while it runs.
package enum TrainingEvent: Sendable {
    /// What the held-out patients give without a network; before the first step, and again when a training is resumed.
    case baselines(ValidationBaselines)
    /// Losses, at intervals.
    case progress(TrainingProgress)
    /// What the held-out patients give with the network as it stands.
    case validation(ValidationResult)
    /// A checkpoint of the schedule lies in the folder; told again when a training is resumed from it.
    case checkpoint(step: Int, seconds: Double)
    /// The last update is done, and what the self-check gives on the training patients is being measured.
    case selfCheck
}

/// Where a training stands.
package struct TrainingProgress: Sendable {
    /// Updates done, and all there will be.
    package var step: Int
    package var steps: Int
    package var phase: TrainingPhase
    /// Mean of each term since the last report.
    package var losses: LossValues
    /// Learning rate of the last update.
    package var rate: Float
    /// Since the last report, without the time for validation and checkpoints.
    package var stepsPerSecond: Double
    /// At that speed.
    package var secondsLeft: Double
    /// Spent on training so far, that before an interruption included.
    package var seconds: Double
    /// Of a step, since the last report; nil on one process.
    package var exchange: ExchangeTime?
}
