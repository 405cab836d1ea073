/// The intensities between two percentiles of an image, background included, which become 0 … 1.
struct PercentileWindow: Sendable, Equatable {
    private let low: Double
    private let high: Double

    /// From the 0.5th percentile, but at least 0, to the 99.5th.
    ///
    /// - Parameter values: finite values.
    /// - Returns: nil for no values, and where the window is empty.
    init?(_ values: [Float]) {
        guard !values.isEmpty else { return nil }
        let bounds = Self.percentiles([0.5, 99.5], of: values)
        (low, high) = (max(bounds[0], 0), bounds[1])
        guard high > low else { return nil }
    }

    /// (x − low) ÷ (high − low), clipped to 0 … 1.
    func callAsFunction(_ value: Float) -> Float {
        Float((min(max(Double(value), low), high) - low) / (high - low))
    }

    /// Percentiles, interpolated linearly between order statistics as `numpy.percentile` does by default.
    ///
    /// Linear time: the bits of a float, once turned so that they ascend with it, are counted in two halves.
    private static func percentiles(_ percents: [Double], of values: [Float]) -> [Double] {
        var highs = [Int](repeating: 0, count: 1 << 16)
        for value in values { highs[Int(key(value) >> 16)] += 1 }
        func value(_ rank: Int) -> Double {
            var (rest, high) = (rank, 0)
            while rest >= highs[high] { (rest, high) = (rest - highs[high], high + 1) }
            var lows = [Int](repeating: 0, count: 1 << 16)
            for key in values.lazy.map(key) where Int(key >> 16) == high { lows[Int(key & 0xFFFF)] += 1 }
            var low = 0
            while rest >= lows[low] { (rest, low) = (rest - lows[low], low + 1) }
            return Double(self.value(UInt32(high) << 16 | UInt32(low)))
        }
        return percents.map { percent in
            let position = percent / 100 * Double(values.count - 1)
            let rank = Int(position)
            let (lower, fraction) = (value(rank), position - Double(rank))
            return fraction > 0 ? lower + fraction * (value(rank + 1) - lower) : lower
        }
    }

    private static func key(_ value: Float) -> UInt32 {
        value.sign == .plus ? value.bitPattern | 0x8000_0000 : ~value.bitPattern
    }

    private static func value(_ key: UInt32) -> Float {
        Float(bitPattern: key & 0x8000_0000 != 0 ? key & 0x7FFF_FFFF : ~key)
    }
}
