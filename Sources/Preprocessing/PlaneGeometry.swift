import Volumes

/// In-plane resampling between a patient's axial slices and the network's spacing.
struct PlaneGeometry: Sendable {
    /// From the patient's slices to the network's spacing.
    let forward: InPlaneResampling
    /// Back again.
    let backward: InPlaneResampling
    /// Pixel spacing in mm that the network sees, left–right and posterior–anterior.
    let spacing: SIMD2<Double>
    /// Whether anything is interpolated at all.
    let isResampled: Bool

    /// - Parameters:
    ///   - grid: the patient's grid in RAS order.
    ///   - target: the network's spacing in mm.
    /// - Returns: nil if the resampled image would be larger than `Preprocessor` allows.
    init?(grid: Grid, target: Double) {
        guard let x = Self.axis(size: grid.size.x, spacing: grid.spacing.x, target: target),
            let y = Self.axis(size: grid.size.y, spacing: grid.spacing.y, target: target),
            grid.size.z <= Preprocessor.largestImage / (x.forward.outputSize * y.forward.outputSize)
        else { return nil }
        forward = InPlaneResampling(x: x.forward, y: y.forward)
        backward = InPlaneResampling(x: x.backward, y: y.backward)
        spacing = SIMD2(x.spacing, y.spacing)
        isResampled = spacing != SIMD2(grid.spacing.x, grid.spacing.y)
    }

    private static func axis(
        size: Int, spacing: Double, target: Double
    ) -> (forward: AxisMap, backward: AxisMap, spacing: Double)? {
        let ratio = target / spacing
        guard ratio.isFinite, Double(size) * spacing <= Preprocessor.largestExtent else { return nil }
        if abs(ratio - 1) <= Preprocessor.spacingTolerance {
            guard size <= Preprocessor.largestSide else { return nil }
            let same = AxisMap(inputSize: size, outputSize: size, step: 1)
            return (same, same, spacing)
        }
        let resampled = (Double(size) / ratio).rounded()
        guard resampled <= Double(Preprocessor.largestSide) else { return nil }
        let count = max(Int(resampled), 1)
        return (
            AxisMap(inputSize: size, outputSize: count, step: ratio),
            AxisMap(inputSize: count, outputSize: size, step: 1 / ratio), target
        )
    }
}
