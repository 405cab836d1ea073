import Metrics

/// Means over patients, number by number, over what is finite; takes the same memory however many patients there are.
package struct MeanTable: Sendable {
    private var sums: [String: (sum: Double, count: Int)] = [:]

    package init() {}

    /// Adds one patient's numbers.
    package mutating func add(_ table: ScoreTable) {
        for (key, value) in table.values {
            let finite = value.flatMap { $0.isFinite ? $0 : nil }
            let old = sums[key] ?? (0, 0)
            sums[key] = (old.sum + (finite ?? 0), old.count + (finite == nil ? 0 : 1))
        }
    }

    /// One mean; nil where no patient has the number.
    package subscript(_ metric: Metric, _ region: Region = .whole) -> Double? { self[metric.key(in: region)] }

    private subscript(_ key: String) -> Double? {
        sums[key].flatMap { $0.count > 0 ? $0.sum / Double($0.count) : nil }
    }

    /// Every number that some table had a place for; nil where no table was added.
    package var table: ScoreTable? {
        sums.isEmpty ? nil : sums.keys.reduce(into: ScoreTable()) { $0[$1] = self[$1] }
    }
}
