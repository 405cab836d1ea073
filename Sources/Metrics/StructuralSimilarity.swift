import Foundation

/// Structural similarity of two 2-D images (Wang et al. 2004), as scikit-image computes it with `gaussian_weights=True, sigma=1.5,
/// use_sample_covariance=False`.
///
/// With Gaussian-weighted local means μ, variances σ² and covariance σ_xy over 11×11 pixels:
/// SSIM = (2μ_xμ_y + C₁)(2σ_xy + C₂) / ((μ_x² + μ_y² + C₁)(σ_x² + σ_y² + C₂)), C₁ = (0.01·R)², C₂ = (0.03·R)².
public enum StructuralSimilarity {
    /// Pixels from the centre of the window to its edge; the map leaves out as many pixels at each border.
    public static let radius = 5
    /// Side of the window in pixels; smaller images have no SSIM.
    public static let window = 11

    /// The SSIM map over the interior of an image: `(height − 10) × (width − 10)` values, row by row.
    ///
    /// - Parameters:
    ///   - first: `height * width` values, row by row.
    ///   - second: the same; exchanging the two does not change the result.
    ///   - range: dynamic range R of the intensities, > 0.
    /// - Returns: an empty array if height or width is below 11.
    public static func map(
        _ first: ArraySlice<Float>, _ second: ArraySlice<Float>, height: Int, width: Int, range: Double = 1
    ) -> [Double] {
        precondition(first.count == height * width && second.count == height * width, "image size")
        guard height >= window, width >= window else { return [] }
        let x = first.map(Double.init)
        let y = second.map(Double.init)
        let meanX = smooth(x, height, width)
        let meanY = smooth(y, height, width)
        let squareX = smooth(product(x, x), height, width)
        let squareY = smooth(product(y, y), height, width)
        let cross = smooth(product(x, y), height, width)
        let (c1, c2) = (0.01 * range * 0.01 * range, 0.03 * range * 0.03 * range)
        return meanX.indices.map { pixel in
            let (mx, my) = (meanX[pixel], meanY[pixel])
            let varianceX = squareX[pixel] - mx * mx
            let varianceY = squareY[pixel] - my * my
            let covariance = cross[pixel] - mx * my
            return (2 * mx * my + c1) * (2 * covariance + c2)
                / ((mx * mx + my * my + c1) * (varianceX + varianceY + c2))
        }
    }

    /// Gaussian weights, σ 1.5, of 11 pixels; they sum to 1.
    private static let weights: [Double] = {
        let raw = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (1.5 * 1.5)) }
        let sum = raw.reduce(0, +)
        return raw.map { $0 / sum }
    }()

    private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
        a.indices.map { a[$0] * b[$0] }
    }

    /// Gaussian filter where the window fits: down the columns, then along the rows.
    private static func smooth(_ image: [Double], _ height: Int, _ width: Int) -> [Double] {
        let rows = height - 2 * radius
        let columns = width - 2 * radius
        var vertical = [Double](repeating: 0, count: rows * width)
        for row in 0..<rows {
            for (tap, weight) in weights.enumerated() {
                accumulate(&vertical, row * width, image, (row + tap) * width, width, weight)
            }
        }
        var result = [Double](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for (tap, weight) in weights.enumerated() {
                accumulate(&result, row * columns, vertical, row * width + tap, columns, weight)
            }
        }
        return result
    }

    @inline(__always)
    private static func accumulate(
        _ sum: inout [Double], _ sumStart: Int, _ values: [Double], _ start: Int, _ count: Int, _ weight: Double
    ) {
        sum.withUnsafeMutableBufferPointer { sum in
            values.withUnsafeBufferPointer { values in
                for index in 0..<count { sum[sumStart + index] += weight * values[start + index] }
            }
        }
    }
}
