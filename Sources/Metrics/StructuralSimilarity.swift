/// Structural similarity of two 2-D images (Wang et al. 2004), as scikit-image computes it with `gaussian_weights=True,
/// sigma=1.5, use_sample_covariance=False`.
///
/// With Gaussian-weighted local means μ, variances σ² and covariance σ_xy over 11×11 pixels:
/// SSIM = (2μ_xμ_y + C₁)(2σ_xy + C₂) / ((μ_x² + μ_y² + C₁)(σ_x² + σ_y² + C₂)), C₁ = (0.01·R)², C₂ = (0.03·R)².
package enum StructuralSimilarity {
    /// Pixels from the centre of the window to its edge; the map leaves out as many pixels at each border.
    package static let radius = 5
    /// Side of the window in pixels; smaller images have no SSIM.
    package static let window = 11

    /// The SSIM map over the interior of an image: `(height − 10) × (width − 10)` values, row by row.
    ///
    /// Windows in which both images are 0 everywhere are exactly 1 and cost nothing.
    ///
    /// - Parameters:
    ///   - first: `height * width` values, row by row.
    ///   - second: the same; exchanging the two does not change the result.
    ///   - range: dynamic range R of the intensities, > 0.
    /// - Returns: an empty array if height or width is below 11.
    package static func map(
        _ first: ArraySlice<Float>, _ second: ArraySlice<Float>, height: Int, width: Int, range: Double = 1
    ) -> [Double] {
        maps(first, second, gains: [1], height: height, width: width, range: range)[0]
    }

    /// The map of the first image and the second times a gain, for each gain; several cost little more than one.
    package static func maps(
        _ first: ArraySlice<Float>, _ second: ArraySlice<Float>, gains: [Double], height: Int, width: Int,
        range: Double = 1
    ) -> [[Double]] {
        precondition(first.count == height * width && second.count == height * width, "image size")
        guard height >= window, width >= window else { return gains.map { _ in [] } }
        let columns = width - 2 * radius
        let pixels = (height - 2 * radius) * columns
        var maps = [Double](repeating: 1, count: gains.count * pixels)
        if let part = Part(first, second, height: height, width: width) {
            let constants = constants(range: range)
            moments(first, second, part, width: width).forEach { row, column, count, means in
                let start = (part.rows.lowerBound + row) * columns + part.columns.lowerBound + column
                for (index, gain) in gains.enumerated() {
                    let similarity = means.similarity(gain: gain, constants)
                    for lane in 0..<count { maps[index * pixels + start + lane] = similarity[lane] }
                }
            }
        }
        return gains.indices.map { Array(maps[$0 * pixels..<($0 + 1) * pixels]) }
    }

    /// C₁ and C₂.
    static func constants(range: Double) -> (Double, Double) {
        (0.01 * range * 0.01 * range, 0.03 * range * 0.03 * range)
    }

    private static func moments(
        _ first: ArraySlice<Float>, _ second: ArraySlice<Float>, _ part: Part, width: Int
    ) -> WindowMoments {
        var moments = WindowMoments(rows: part.rows.count, columns: part.columns.count)
        moments.fill { line, planes in
            let source = (part.rows.lowerBound + line) * width + part.columns.lowerBound
            for column in 0..<part.columns.count + 2 * radius {
                WindowMoments.set(
                    planes, column, first[first.startIndex + source + column],
                    second[second.startIndex + source + column])
            }
        }
        return moments
    }

    /// The pixels of the map whose windows are not empty in both images.
    private struct Part {
        let rows: Range<Int>
        let columns: Range<Int>

        /// nil where both images are 0 everywhere.
        init?(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>, height: Int, width: Int) {
            var top = height
            var bottom = -1
            var left = width
            var right = -1
            for row in 0..<height {
                let start = row * width
                func isFilled(_ column: Int) -> Bool {
                    first[first.startIndex + start + column] != 0 || second[second.startIndex + start + column] != 0
                }
                guard let low = (0..<width).first(where: isFilled) else { continue }
                let high = (low..<width).last(where: isFilled) ?? low
                (top, bottom) = (min(top, row), row)
                (left, right) = (min(left, low), max(right, high))
            }
            guard bottom >= 0 else { return nil }
            let reach = 2 * radius
            rows = max(top - reach, 0)..<min(bottom, height - 1 - reach) + 1
            columns = max(left - reach, 0)..<min(right, width - 1 - reach) + 1
        }
    }
}
