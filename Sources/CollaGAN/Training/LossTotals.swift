/// Means of loss terms over steps.
struct LossTotals: Codable, Equatable {
    private static let terms: [WritableKeyPath<LossValues, Float?> & Sendable] = [
        \.reconstruction, \.squared, \.similarity, \.cycle, \.ssim, \.adversarial, \.classification, \.discriminator,
    ]
    private var totals = Array(repeating: 0.0, count: Self.terms.count)
    private var counts = Array(repeating: 0, count: Self.terms.count)

    mutating func add(_ values: LossValues) {
        for (index, term) in Self.terms.enumerated() {
            guard let value = values[keyPath: term] else { continue }
            totals[index] += Double(value)
            counts[index] += 1
        }
    }

    func means() -> LossValues {
        var values = LossValues()
        for (index, term) in Self.terms.enumerated() where counts[index] > 0 {
            values[keyPath: term] = Float(totals[index] / Double(counts[index]))
        }
        return values
    }
}
