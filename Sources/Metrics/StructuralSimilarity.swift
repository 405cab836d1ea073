import ElementaryFunctions
import Foundation

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

    private typealias Lanes = SIMD8<Double>
    private static let lanes = Lanes.scalarCount

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
        precondition(first.count == height * width && second.count == height * width, "image size")
        guard height >= window, width >= window else { return [] }
        let columns = width - 2 * radius
        var map = [Double](repeating: 1, count: (height - 2 * radius) * columns)
        guard let part = Part(first, second, height: height, width: width) else { return map }
        let moments = Moments(first, second, part, width: width)
        let weights = weights
        let (c1, c2) = (0.01 * range * 0.01 * range, 0.03 * range * 0.03 * range)
        var line = [Double](repeating: 0, count: Moments.count * moments.stride)
        for row in part.rows {
            moments.smoothDown(row - part.rows.lowerBound, weights, into: &line)
            for column in Swift.stride(from: 0, to: part.columns.count, by: lanes) {
                func mean(_ plane: Int) -> Lanes {
                    smooth(line, plane * moments.stride + column, step: 1, weights)
                }
                let mx = mean(0)
                let my = mean(1)
                let squares = mean(2)
                let products = mean(3)
                let (ofMeans, meanSquares): (Lanes, Lanes) = (mx * my, mx * mx + my * my)
                let likeness: Lanes = (2 * ofMeans + c1) * (2 * (products - ofMeans) + c2)
                let similarity: Lanes = likeness / ((meanSquares + c1) * (squares - meanSquares + c2))
                let start = row * columns + part.columns.lowerBound + column
                for lane in 0..<min(lanes, part.columns.count - column) { map[start + lane] = similarity[lane] }
            }
        }
        return map
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

    /// x, y, x² + y² and xy under the windows of a part, one plane after the other, lines padded with zeros.
    private struct Moments {
        static let count = 4
        /// Values from one line to the next.
        let stride: Int
        private let lines: Int
        private let planes: [Double]

        init(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>, _ part: Part, width: Int) {
            let lines = part.rows.count + 2 * radius
            // The last vector of columns, and the 10 values beyond it that its windows reach.
            let stride = (part.columns.count + lanes - 1) / lanes * lanes + 2 * lanes
            var planes = [Double](repeating: 0, count: Moments.count * lines * stride)
            for line in 0..<lines {
                let source = (part.rows.lowerBound + line) * width + part.columns.lowerBound
                for column in 0..<part.columns.count + 2 * radius {
                    let x = Double(first[first.startIndex + source + column])
                    let y = Double(second[second.startIndex + source + column])
                    let at = line * stride + column
                    planes[at] = x
                    planes[lines * stride + at] = y
                    planes[2 * lines * stride + at] = x * x + y * y
                    planes[3 * lines * stride + at] = x * y
                }
            }
            (self.stride, self.lines, self.planes) = (stride, lines, planes)
        }

        /// The Gaussian filter down the columns at one line of the map, plane by plane.
        func smoothDown(_ row: Int, _ weights: [Double], into line: inout [Double]) {
            for plane in 0..<Moments.count {
                for column in Swift.stride(from: 0, to: stride, by: lanes) {
                    let sum = smooth(planes, (plane * lines + row) * stride + column, step: stride, weights)
                    line.withUnsafeMutableBytes {
                        $0.storeBytes(of: sum, toByteOffset: (plane * stride + column) * 8, as: Lanes.self)
                    }
                }
            }
        }
    }

    /// Σ weight·value over 11 vectors that begin `step` values apart; the weights are symmetric.
    @inline(__always)
    private static func smooth(_ values: [Double], _ start: Int, step: Int, _ weights: [Double]) -> Lanes {
        values.withUnsafeBytes { bytes in
            func vector(_ tap: Int) -> Lanes {
                bytes.loadUnaligned(fromByteOffset: (start + tap * step) * 8, as: Lanes.self)
            }
            var sum = vector(radius) * weights[radius]
            for tap in 0..<radius { sum += (vector(tap) + vector(window - 1 - tap)) * weights[tap] }
            return sum
        }
    }

    /// Gaussian weights, σ 1.5, from the edge of the window to its centre; with their mirror images they sum to 1.
    private static let weights: [Double] = {
        let raw = (-radius...0).map { Elementary.exp(-0.5 * Double($0 * $0) / (1.5 * 1.5)) }
        let sum = 2 * raw.dropLast().reduce(0, +) + raw[radius]
        return raw.map { $0 / sum }
    }()
}
