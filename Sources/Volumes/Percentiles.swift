/// Percentiles of a sample, interpolated linearly between order statistics as `numpy.percentile` does by default.
///
/// With x₀ ≤ … ≤ xₙ₋₁ and r = percent/100·(n−1): x₍⌊r⌋₎ + (r − ⌊r⌋)·(x₍⌊r⌋+1₎ − x₍⌊r⌋₎), in double precision. It depends on
/// the values only, never on their order. Linear time: the bits of a float, once turned so that they ascend with it, are
/// counted in two halves.
package struct Percentiles {
    private let values: [Float]
    /// Values below count as this.
    private let floor: Float
    /// How many values have which upper half.
    private let counts: [Int]

    /// - Parameter values: finite values.
    package init(_ values: [Float], atLeast floor: Float = -.infinity) {
        (self.values, self.floor) = (values, floor)
        var counts = [Int](repeating: 0, count: 1 << 16)
        for value in values { counts[Int(Self.key(max(value, floor)) >> 16)] += 1 }
        self.counts = counts
    }

    /// - Parameter percent: 0 ... 100.
    /// - Returns: nil for an empty sample.
    package subscript(percent: Double) -> Double? {
        precondition((0...100).contains(percent), "percent must lie between 0 and 100")
        guard !values.isEmpty else { return nil }
        let position = percent / 100 * Double(values.count - 1)
        let rank = Int(position)
        let (lower, fraction) = (orderStatistic(rank), position - Double(rank))
        return fraction > 0 ? lower + fraction * (orderStatistic(rank + 1) - lower) : lower
    }

    /// The value with `rank` values before it in ascending order.
    private func orderStatistic(_ rank: Int) -> Double {
        var (rest, high) = (rank, 0)
        while rest >= counts[high] { (rest, high) = (rest - counts[high], high + 1) }
        var lows = [Int](repeating: 0, count: 1 << 16)
        for value in values {
            let key = Self.key(max(value, floor))
            if Int(key >> 16) == high { lows[Int(key & 0xFFFF)] += 1 }
        }
        var low = 0
        while rest >= lows[low] { (rest, low) = (rest - lows[low], low + 1) }
        return Double(Self.value(UInt32(high) << 16 | UInt32(low)))
    }

    private static func key(_ value: Float) -> UInt32 {
        value.sign == .plus ? value.bitPattern | 0x8000_0000 : ~value.bitPattern
    }

    private static func value(_ key: UInt32) -> Float {
        Float(bitPattern: key & 0x8000_0000 != 0 ? key & 0x7FFF_FFFF : ~key)
    }
}
