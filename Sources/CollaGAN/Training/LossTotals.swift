/// Means of loss terms over steps.
struct LossTotals: Codable, Equatable {
    private var totals = Array(repeating: 0.0, count: LossValues.terms.count)
    private var counts = Array(repeating: 0, count: LossValues.terms.count)

    mutating func add(_ values: LossValues) {
        for (index, term) in LossValues.terms.enumerated() {
            guard let value = values[keyPath: term] else { continue }
            totals[index] += Double(value)
            counts[index] += 1
        }
    }

    func means() -> LossValues {
        var values = LossValues()
        for (index, term) in LossValues.terms.enumerated() where counts[index] > 0 {
            values[keyPath: term] = Float(totals[index] / Double(counts[index]))
        }
        return values
    }
}

extension LossTotals {
    private enum CodingKeys: String, CodingKey {
        case totals, counts
    }

    /// What an earlier version wrote lacks the terms that it did not know.
    init(from decoder: any Decoder) throws {
        self.init()
        let values = try decoder.container(keyedBy: CodingKeys.self)
        for (index, value) in try values.decode([Double].self, forKey: .totals).enumerated().prefix(totals.count) {
            totals[index] = value
        }
        for (index, value) in try values.decode([Int].self, forKey: .counts).enumerated().prefix(counts.count) {
            counts[index] = value
        }
    }
}

extension LossValues {
    /// Number of `words`.
    static let wordCount = terms.count

    /// Each term with its very bits, for other ranks; all ones above them where there is none.
    var words: [UInt64] {
        Self.terms.map { self[keyPath: $0].map { UInt64($0.bitPattern) } ?? .max }
    }

    init(words: some Sequence<UInt64>) {
        self.init()
        for (term, word) in zip(Self.terms, words) where word != .max {
            self[keyPath: term] = Float(bitPattern: UInt32(truncatingIfNeeded: word))
        }
    }
}
