import Volumes

/// The intensities between two percentiles of an image, background included, which become 0 … 1.
struct PercentileWindow: Sendable, Equatable {
    private let low: Double
    private let high: Double

    /// From the 0.5th percentile, but at least 0, to the 99.5th.
    ///
    /// - Parameter values: finite values.
    /// - Returns: nil for no values, and where the window is empty.
    init?(_ values: [Float]) {
        let percentiles = Percentiles(values)
        guard let lower = percentiles[0.5], let upper = percentiles[99.5] else { return nil }
        (low, high) = (max(lower, 0), upper)
        guard high > low else { return nil }
    }

    /// (x − low) ÷ (high − low), clipped to 0 … 1.
    func callAsFunction(_ value: Float) -> Float {
        Float((min(max(Double(value), low), high) - low) / (high - low))
    }
}
