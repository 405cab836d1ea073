import Volumes

/// How intensities become the network's (method.md §5): divided by a scale that brings a statistic of the brain to a
/// level, and clipped. Part of a model, stored with its weights.
package struct Normalisation: Sendable, Codable, Equatable {
    /// The statistic of a contrast's voxels in the brain.
    package enum Kind: String, Sendable, Codable {
        /// The mean of those above 0: follows tissue.
        case mean
        /// The 99.5th percentile, which follows fluid, enhancement and tumours: models of version 0.1, and the unit of
        /// the metrics with every model.
        case percentile
    }

    package let kind: Kind
    /// What the statistic becomes.
    package let level: Float
    /// The largest normalised intensity.
    package let ceiling: Float

    package init(_ kind: Kind) {
        self.kind = kind
        (level, ceiling) = kind == .mean ? (0.4, 2.5) : (1, 1.5)
    }

    package static let mean = Normalisation(.mean)
    /// As the metrics take intensities (method.md §6).
    package static let metrics = Normalisation(.percentile)
    /// The percentile that becomes 1, in percent.
    package static let percent = 99.5

    /// Whether the constants can be meant.
    package var isConsistent: Bool { [level, ceiling].allSatisfy { $0.isFinite && $0 > 0 } && level < ceiling }

    /// `min(max(value, 0) / scale, ceiling)`.
    ///
    /// - Parameters:
    ///   - value: a finite voxel value.
    ///   - scale: of the contrast, > 0.
    package func normalise(_ value: Float, scale: Float) -> Float {
        value > 0 ? min(value / scale, ceiling) : 0
    }

    /// By what a contrast is divided: its statistic ÷ `level`.
    ///
    /// - Parameter values: the contrast's voxels in the brain; negative ones count as 0.
    /// - Returns: nil where no value is above 0.
    package func scale(of values: [Float]) -> Float? {
        switch kind {
        case .percentile:
            return Self.percentile(Self.percent, of: values).map { Float($0) / level }
        case .mean:
            var (sum, count) = (0.0, 0)
            for value in values where value > 0 {
                sum += Double(value)
                count += 1
            }
            return count > 0 ? Float(sum / Double(count) / Double(level)) : nil
        }
    }

    /// Normalised intensities as the metrics take them: in the unit of `SliceStack.metricUnit`, clipped.
    package static func metrics(_ image: [Float], _ unit: Float) -> [Float] {
        image.map { metrics.normalise($0 * unit, scale: 1) }
    }

    /// What the kind's statistic is called.
    package var statistic: String { kind == .mean ? "mean" : "\(Self.percent)th percentile" }

    /// A percentile of a sample in which negative values count as 0; nil for an empty one (`Percentiles`).
    ///
    /// - Parameter percent: 0 ... 100.
    package static func percentile(_ percent: Double, of values: [Float]) -> Double? {
        Percentiles(values, atLeast: 0)[percent]
    }
}
