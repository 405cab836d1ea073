import ElementaryFunctions

/// x, y, x², y² and xy of two images in the neighbourhood of a part of their SSIM map, and the Gaussian means of these
/// under 11×11 windows.
struct WindowMoments {
    typealias Lanes = SIMD8<Double>

    /// x, y, x², y², xy.
    static let planes = 5
    private static let radius = StructuralSimilarity.radius
    private static let window = StructuralSimilarity.window

    /// Of the part of the map.
    private let rows: Int
    private let columns: Int
    /// Values from one line to the next.
    private let stride: Int
    /// `rows` + 10 lines of at least `columns` + 10 values per plane, one plane after the other, zeros beyond.
    private var values: [Double]

    /// Zeros, for a part of the map of so many pixels.
    init(rows: Int, columns: Int) {
        (self.rows, self.columns) = (rows, columns)
        // The last vector of columns, and the 10 values beyond it that its windows reach.
        stride = (columns + Lanes.scalarCount - 1) / Lanes.scalarCount * Lanes.scalarCount + 2 * Lanes.scalarCount
        values = [Double](repeating: 0, count: Self.planes * (rows + 2 * Self.radius) * stride)
    }

    /// Fills every line: `body` gets the number of the line and where its five planes begin, each `columns` + 10 values.
    mutating func fill(_ body: (_ line: Int, _ planes: [UnsafeMutablePointer<Double>]) -> Void) {
        let (lines, stride) = (rows + 2 * Self.radius, stride)
        values.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            for line in 0..<lines {
                body(line, (0..<Self.planes).map { start + ($0 * lines + line) * stride })
            }
        }
    }

    /// Sets one place of a line's planes from the two images' values.
    @inline(__always)
    static func set(_ planes: [UnsafeMutablePointer<Double>], _ column: Int, _ first: Float, _ second: Float) {
        let (x, y) = (Double(first), Double(second))
        planes[0][column] = x
        planes[1][column] = y
        planes[2][column] = x * x
        planes[3][column] = y * y
        planes[4][column] = x * y
    }

    /// Gaussian means under the windows of neighbouring columns.
    struct Means {
        let x, y, xx, yy, xy: Lanes

        /// SSIM of x and gain·y.
        ///
        /// - Parameter constants: C₁ and C₂.
        @inline(__always)
        func similarity(gain: Double, _ constants: (Double, Double)) -> Lanes {
            let (c1, c2) = constants
            let (mx, my, square) = (x, gain * y, gain * gain)
            let ofMeans: Lanes = mx * my
            let meanSquares: Lanes = mx * mx + my * my
            let squares: Lanes = xx + square * yy
            let likeness: Lanes = (2 * ofMeans + c1) * (2 * (gain * xy - ofMeans) + c2)
            return likeness / ((meanSquares + c1) * (squares - meanSquares + c2))
        }
    }

    /// Hands out the means of the whole part, row by row in vectors of columns; lanes from `count` on lie beyond it.
    @inline(__always)
    func forEach(_ body: (_ row: Int, _ column: Int, _ count: Int, Means) -> Void) {
        let weights = Self.weights
        var line = [Double](repeating: 0, count: Self.planes * stride)
        for row in 0..<rows {
            smoothDown(row, weights, into: &line)
            for column in Swift.stride(from: 0, to: columns, by: Lanes.scalarCount) {
                func mean(_ plane: Int) -> Lanes { Self.smooth(line, plane * stride + column, step: 1, weights) }
                let means = Means(x: mean(0), y: mean(1), xx: mean(2), yy: mean(3), xy: mean(4))
                body(row, column, min(Lanes.scalarCount, columns - column), means)
            }
        }
    }

    /// The Gaussian filter down the columns at one row of the map, plane by plane.
    private func smoothDown(_ row: Int, _ weights: [Double], into line: inout [Double]) {
        for plane in 0..<Self.planes {
            let start = (plane * (rows + 2 * Self.radius) + row) * stride
            for column in Swift.stride(from: 0, to: stride, by: Lanes.scalarCount) {
                let sum = Self.smooth(values, start + column, step: stride, weights)
                line.withUnsafeMutableBytes {
                    $0.storeBytes(of: sum, toByteOffset: (plane * stride + column) * 8, as: Lanes.self)
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
    static let weights: [Double] = {
        let raw = (-radius...0).map { Elementary.exp(-0.5 * Double($0 * $0) / (1.5 * 1.5)) }
        let sum = 2 * raw.dropLast().reduce(0, +) + raw[radius]
        return raw.map { $0 / sum }
    }()
}
