/// How much of an image lies in its fine structure: the energy of the frequencies above half Nyquist, those whose radius
/// in the plane is above 0.25 cycles per pixel. Blurring takes it away, noise and sharp edges add to it.
///
/// The 2-D discrete Fourier transform of the image filled up with zeros to powers of two; Σ|X|² over the frequencies.
package struct SpectralEnergy: Sendable {
    private typealias Lanes = FourierTransform.Lanes
    private static let lanes = Lanes.scalarCount

    private let height: Int
    private let width: Int
    private let down: FourierTransform
    private let along: FourierTransform

    /// For images of one size.
    package init(height: Int, width: Int) {
        (self.height, self.width) = (height, width)
        down = FourierTransform(length: FourierTransform.length(for: height))
        along = FourierTransform(length: FourierTransform.length(for: width))
    }

    /// Energies above half Nyquist of two images, from one transform: the images are the real and the imaginary part of
    /// its input, and come apart by the symmetry of the spectrum of a real image.
    ///
    /// - Parameters:
    ///   - first: `height * width` values, row by row.
    ///   - second: the same.
    package func aboveHalfNyquist(
        _ first: ArraySlice<Float>, _ second: ArraySlice<Float>
    ) -> (first: Double, second: Double) {
        precondition(first.count == height * width && second.count == height * width, "image size")
        let (isFirst, isSecond) = (first.contains { $0 != 0 }, second.contains { $0 != 0 })
        guard isFirst || isSecond else { return (0, 0) }
        let (real, imaginary) = spectrum(first, second)
        let (rows, columns) = (down.length, along.length)
        // Of the energies, which are symmetric, half of the columns; the others count twice.
        var (one, two) = (0.0, 0.0)
        for column in 0...columns / 2 {
            let opposite = (columns - column) % columns
            let weight = column == opposite ? 1.0 : 2
            for row in 0..<rows where isFine(row, column) {
                let (at, mirror) = (column * rows + row, opposite * rows + (rows - row) % rows)
                let sums = (real[at] + real[mirror], imaginary[at] + imaginary[mirror])
                let differences = (real[at] - real[mirror], imaginary[at] - imaginary[mirror])
                one += weight * (sums.0 * sums.0 + differences.1 * differences.1)
                two += weight * (sums.1 * sums.1 + differences.0 * differences.0)
            }
        }
        return (isFirst ? one / 4 : 0, isSecond ? two / 4 : 0)
    }

    /// Whether a frequency's radius is above 0.25; exact, as lengths are powers of two.
    private func isFine(_ row: Int, _ column: Int) -> Bool {
        func frequency(_ index: Int, _ length: Int) -> Double { Double(min(index, length - index)) / Double(length) }
        let (vertical, horizontal) = (frequency(row, down.length), frequency(column, along.length))
        return vertical * vertical + horizontal * horizontal > 0.25 * 0.25
    }

    /// Real and imaginary part of the transform of first + i·second, column by column.
    private func spectrum(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>) -> ([Double], [Double]) {
        let (rows, columns) = (down.length, along.length)
        let (halfReal, halfImaginary) = downColumns(first, second)
        var real = [Double](repeating: 0, count: rows * columns)
        var imaginary = real
        let group = min(Self.lanes, rows)
        var (x, y) = ([Lanes](repeating: .zero, count: columns), [Lanes](repeating: .zero, count: columns))
        for row in stride(from: 0, to: rows, by: group) {
            for column in 0..<columns {
                for lane in 0..<group {
                    x[column][lane] = halfReal[(row + lane) * columns + column]
                    y[column][lane] = halfImaginary[(row + lane) * columns + column]
                }
            }
            along.transform(&x, &y)
            for column in 0..<columns {
                for lane in 0..<group {
                    real[column * rows + row + lane] = x[column][lane]
                    imaginary[column * rows + row + lane] = y[column][lane]
                }
            }
        }
        return (real, imaginary)
    }

    /// The transform of every column, row by row; columns where both images are 0 cost nothing.
    private func downColumns(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>) -> ([Double], [Double]) {
        let (rows, columns) = (down.length, along.length)
        var real = [Double](repeating: 0, count: rows * columns)
        var imaginary = real
        for column in stride(from: 0, to: width, by: Self.lanes) {
            let count = min(Self.lanes, width - column)
            var (x, y) = ([Lanes](repeating: .zero, count: rows), [Lanes](repeating: .zero, count: rows))
            var isEmpty = true
            for row in 0..<height {
                for lane in 0..<count {
                    let at = row * width + column + lane
                    let values = (first[first.startIndex + at], second[second.startIndex + at])
                    guard values.0 != 0 || values.1 != 0 else { continue }
                    (x[row][lane], y[row][lane]) = (Double(values.0), Double(values.1))
                    isEmpty = false
                }
            }
            guard !isEmpty else { continue }
            down.transform(&x, &y)
            for row in 0..<rows {
                for lane in 0..<count {
                    real[row * columns + column + lane] = x[row][lane]
                    imaginary[row * columns + column + lane] = y[row][lane]
                }
            }
        }
        return (real, imaginary)
    }
}
