/// method.md §5: intensities divided by the 99.5th percentile of the brain and clipped to [0, 1.5].
package enum Normalisation {
    /// The percentile that becomes 1, in percent.
    package static let percent = 99.5
    /// The largest normalised intensity.
    package static let ceiling: Float = 1.5

    /// `min(max(value, 0) / scale, 1.5)`.
    ///
    /// - Parameters:
    ///   - value: a finite voxel value.
    ///   - scale: the 99.5th percentile of the contrast, > 0.
    @inlinable
    package static func normalise(_ value: Float, scale: Float) -> Float {
        value > 0 ? min(value / scale, ceiling) : 0
    }

    /// The percentile of a sample, interpolated linearly between order statistics as `numpy.percentile` does by default.
    ///
    /// With x₀ ≤ … ≤ xₙ₋₁ and r = percent/100·(n−1): x₍⌊r⌋₎ + (r − ⌊r⌋)·(x₍⌊r⌋+1₎ − x₍⌊r⌋₎), in double precision. It depends on the
    /// values only, never on their order. Linear time: a float ≥ 0 sorts like its bit pattern, so two passes of counting find
    /// an order statistic.
    ///
    /// - Parameters:
    ///   - values: finite values; negative ones count as 0.
    ///   - percent: 0 ... 100.
    /// - Returns: nil for an empty sample.
    package static func percentile(_ percent: Double, of values: [Float]) -> Double? {
        precondition((0...100).contains(percent), "percent must lie between 0 and 100")
        guard !values.isEmpty else { return nil }
        let position = percent / 100 * Double(values.count - 1)
        let rank = Int(position)
        let lower = Double(orderStatistic(rank, of: values))
        let fraction = position - Double(rank)
        guard fraction > 0 else { return lower }
        let upper = Double(orderStatistic(rank + 1, of: values))
        return lower + fraction * (upper - lower)
    }

    /// The value with `rank` values before it in ascending order.
    private static func orderStatistic(_ rank: Int, of values: [Float]) -> Float {
        var remaining = rank
        let high = select(&remaining, values) { Int($0 >> 16) }
        let low = select(&remaining, values) { Int($0 >> 16) == high ? Int($0 & 0xFFFF) : nil }
        return Float(bitPattern: UInt32(high) << 16 | UInt32(low))
    }

    /// The bin that holds the value of rank `rank` among those that have a bin; `rank` becomes the rank within that bin.
    @inline(__always)
    private static func select(_ rank: inout Int, _ values: [Float], bin: (UInt32) -> Int?) -> Int {
        var counts = [Int](repeating: 0, count: 1 << 16)
        for value in values {
            if let bin = bin(value > 0 ? value.bitPattern : 0) { counts[bin] += 1 }
        }
        var found = 0
        while rank >= counts[found] {
            rank -= counts[found]
            found += 1
        }
        return found
    }
}
