/// Means of scores over patients, score by score, over what is finite; takes the same memory however many patients there are.
struct MeanTable: Sendable {
    private var sums: [String: (sum: Double, count: Int)] = [:]

    /// Adds one patient's scores.
    mutating func add(_ values: [String: Double?]) {
        for (key, value) in values {
            let finite = value.flatMap { $0.isFinite ? $0 : nil }
            let old = sums[key] ?? (0, 0)
            sums[key] = (old.sum + (finite ?? 0), old.count + (finite == nil ? 0 : 1))
        }
    }

    /// The mean of one score; nil where no patient has it.
    subscript(_ key: String) -> Double? {
        sums[key].flatMap { $0.count > 0 ? $0.sum / Double($0.count) : nil }
    }

    /// Every score that was ever asked for; nil where no table was added.
    var values: [String: Double?]? {
        sums.isEmpty ? nil : sums.keys.reduce(into: [:]) { $0[$1] = .some(self[$1]) }
    }
}
