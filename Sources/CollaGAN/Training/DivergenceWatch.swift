/// Notices a training that blows up although its losses are still numbers.
///
/// The rule: the mean reconstruction loss of the last 100 updates is above 10 times the smallest such mean before, at
/// most above 10. The mean lags; where already that of the last 5 is above the limit, checkpoints wait, so that the one
/// that is kept is from before. Normalised images have a mean below 1, so even an image of zeros loses less than 1.
/// Nothing is judged before 100 updates.
struct DivergenceWatch: Codable, Equatable {
    static let updates = 100
    static let factor = 10.0

    private var recent: [Float] = []
    private var place = 0
    private var smallest = 1.0

    /// Whether the last 5 updates look like the beginning of a divergence.
    var isSuspicious: Bool {
        guard recent.count == Self.updates else { return false }
        let newest = (1...5).map { Double(recent[(place + Self.updates - $0) % Self.updates]) }
        return newest.reduce(0, +) / 5 > Self.factor * smallest
    }

    /// Takes up the reconstruction loss of an update.
    ///
    /// - Returns: the mean that is too large and the limit it is above; nil as long as all is well.
    mutating func add(_ loss: Float) -> (mean: Double, limit: Double)? {
        guard recent.count == Self.updates else {
            recent.append(loss)
            return nil
        }
        recent[place] = loss
        place = (place + 1) % Self.updates
        let mean = recent.reduce(0) { $0 + Double($1) } / Double(Self.updates)
        guard mean <= Self.factor * smallest else { return (mean, Self.factor * smallest) }
        smallest = min(smallest, mean)
        return nil
    }
}
