/// What a training remembers besides weights, moments and random state, so that a resumed one reports and judges as if
/// it had never stopped.
struct TrainingLedger: Codable, Equatable {
    /// Spent on training.
    var seconds = 0.0
    /// Losses since the last report.
    var totals = LossTotals()
    var watch = DivergenceWatch()
    /// Step of the last validation.
    var validated = 0
    /// By target, the other contrasts by what a method of one input made of them, the best first; nil before that is
    /// measured.
    var sources: [[Int]]?
    /// The best validation.
    var best: Best?

    /// A step and its mean NMSE.
    struct Best: Codable, Equatable {
        var step: Int
        var nmse: Double
    }
}
