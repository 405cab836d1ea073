/// Gradient magnitude similarity deviation of two 2-D images (Xue, Zhang, Mou, Bovik, IEEE TIP 2014): 0 for equal images,
/// more where edges are lost, moved or made up.
///
/// Both images are averaged over 2×2 pixels and every second one kept; a last odd row or column is filled up with zeros.
/// Gradients are Prewitt's, divided by 3, zeros beyond the edges. With the magnitudes m, the map is
/// (2m_xm_y + c) / (m_x² + m_y² + c), c = 170/255² · R², and the result its standard deviation.
package enum GradientSimilarity {
    /// - Parameters:
    ///   - first: `height * width` values, row by row.
    ///   - second: the same.
    ///   - gain: what the second image is multiplied by.
    ///   - range: dynamic range R of the intensities, > 0.
    package static func deviation(
        _ first: ArraySlice<Float>, _ second: ArraySlice<Float>, gain: Double = 1, height: Int, width: Int,
        range: Double = 1
    ) -> Double {
        precondition(first.count == height * width && second.count == height * width, "image size")
        let constant = 170 / (255.0 * 255) * range * range
        let (x, y) = (Half(first, height: height, width: width), Half(second, gain, height: height, width: width))
        var map: [Double] = []
        map.reserveCapacity(x.rows * x.columns)
        for row in 0..<x.rows {
            for column in 0..<x.columns {
                let squares = (x.squaredGradient(row, column), y.squaredGradient(row, column))
                let product = (squares.0 * squares.1).squareRoot()
                map.append((2 * product + constant) / (squares.0 + squares.1 + constant))
            }
        }
        guard !map.isEmpty else { return .nan }
        let mean = map.reduce(0, +) / Double(map.count)
        return (map.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(map.count)).squareRoot()
    }

    /// An image at half the resolution, in a frame of zeros one pixel wide.
    private struct Half {
        let rows: Int
        let columns: Int
        private let stride: Int
        private var pixels: [Double]

        init(_ image: ArraySlice<Float>, _ gain: Double = 1, height: Int, width: Int) {
            (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
            stride = columns + 2
            pixels = [Double](repeating: 0, count: (rows + 2) * stride)
            for row in 0..<height {
                let (start, line) = (image.startIndex + row * width, (row / 2 + 1) * stride + 1)
                for column in 0..<width { pixels[line + column / 2] += Double(image[start + column]) }
            }
            for pixel in pixels.indices { pixels[pixel] *= gain / 4 }
        }

        func squaredGradient(_ row: Int, _ column: Int) -> Double {
            let (above, at, below) = (row * stride + column, (row + 1) * stride + column, (row + 2) * stride + column)
            let right = pixels[above + 2] + pixels[at + 2] + pixels[below + 2]
            let left = pixels[above] + pixels[at] + pixels[below]
            let top = pixels[above] + pixels[above + 1] + pixels[above + 2]
            let bottom = pixels[below] + pixels[below + 1] + pixels[below + 2]
            let (along, down) = ((right - left) / 3, (bottom - top) / 3)
            return along * along + down * down
        }
    }
}
