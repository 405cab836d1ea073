/// How much of an image lies in its fine structure: the energy of the frequencies above half Nyquist, those whose radius
/// in the plane is above 0.25 cycles per pixel. Blurring takes it away, noise and sharp edges add to it.
///
/// The 2-D discrete Fourier transform of the image filled up with zeros to powers of two; Σ|X|² over the frequencies.
package struct SpectralEnergy: Sendable {
    private typealias Lanes = FourierTransform.Lanes

    private let height: Int
    private let width: Int
    private let down: FourierTransform
    private let along: FourierTransform
    /// For the rows of the spectrum from 0 to half their number, the first column above half Nyquist; the last one is
    /// its mirror image.
    private let fineColumns: [Int]

    /// For images of one size.
    package init(height: Int, width: Int) {
        (self.height, self.width) = (height, width)
        let (rows, columns) = (FourierTransform.length(for: height), FourierTransform.length(for: width))
        (down, along) = (FourierTransform(length: rows), FourierTransform(length: columns))
        fineColumns = (0...rows / 2).map { row in
            // Exact: lengths are powers of two.
            let vertical = Double(row) / Double(rows)
            return (0...columns / 2).first { column in
                let horizontal = Double(column) / Double(columns)
                return vertical * vertical + horizontal * horizontal > 0.25 * 0.25
            } ?? columns
        }
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
        var (real, imaginary) = (filledUp(first), filledUp(second))
        let (one, two) = real.withUnsafeMutableBufferPointer { real in
            imaginary.withUnsafeMutableBufferPointer { imaginary in
                let (rows, columns) = (down.length, along.length)
                transform(real, imaginary, down, sequences: width, apart: 1, step: columns)
                transform(real, imaginary, along, sequences: rows, apart: columns, step: 1)
                return energies(real, imaginary)
            }
        }
        return (isFirst ? one : 0, isSecond ? two : 0)
    }

    private func filledUp(_ image: ArraySlice<Float>) -> [Double] {
        let columns = along.length
        var plane = [Double](repeating: 0, count: down.length * columns)
        plane.withUnsafeMutableBufferPointer { plane in
            image.withUnsafeBufferPointer { image in
                for row in 0..<height {
                    for column in 0..<width { plane[row * columns + column] = Double(image[row * width + column]) }
                }
            }
        }
        return plane
    }

    /// Transforms sequences that begin `apart` values from each other, whose values lie `step` apart, in place. Eight
    /// that are 0 everywhere cost nothing.
    private func transform(
        _ real: UnsafeMutableBufferPointer<Double>, _ imaginary: UnsafeMutableBufferPointer<Double>,
        _ transform: FourierTransform, sequences: Int, apart: Int, step: Int
    ) {
        var x = [Lanes](repeating: .zero, count: transform.length)
        var y = x
        for first in stride(from: 0, to: sequences, by: Lanes.scalarCount) {
            let count = min(Lanes.scalarCount, sequences - first)
            /// Places of the values in the plane, and in eight sequences side by side.
            func forEachValue(_ body: (_ inPlane: Int, _ inLanes: Int) -> Void) {
                for index in 0..<transform.length {
                    let start = first * apart + index * step
                    for lane in 0..<count { body(start + lane * apart, index * Lanes.scalarCount + lane) }
                }
            }
            var isEmpty = true
            withScalars(&x, &y) { x, y in
                forEachValue { inPlane, inLanes in
                    (x[inLanes], y[inLanes]) = (real[inPlane], imaginary[inPlane])
                    isEmpty = isEmpty && real[inPlane] == 0 && imaginary[inPlane] == 0
                }
            }
            guard !isEmpty else { continue }
            transform.transform(&x, &y)
            withScalars(&x, &y) { x, y in
                forEachValue { inPlane, inLanes in
                    (real[inPlane], imaginary[inPlane]) = (x[inLanes], y[inLanes])
                }
            }
        }
    }

    private func withScalars(
        _ x: inout [Lanes], _ y: inout [Lanes],
        _ body: (UnsafeMutableBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void
    ) {
        x.withUnsafeMutableBytes { x in
            y.withUnsafeMutableBytes { y in
                body(x.assumingMemoryBound(to: Double.self), y.assumingMemoryBound(to: Double.self))
            }
        }
    }

    /// Of the transform of first + i·second; the rows beyond the half mirror those before it.
    private func energies(
        _ real: UnsafeMutableBufferPointer<Double>, _ imaginary: UnsafeMutableBufferPointer<Double>
    ) -> (Double, Double) {
        let (rows, columns) = (down.length, along.length)
        var (first, second) = (0.0, 0.0)
        for row in 0...rows / 2 where fineColumns[row] < columns {
            let opposite = (rows - row) % rows
            var (one, two) = (0.0, 0.0)
            func add(_ at: Int, _ mirror: Int) {
                let sums = (real[at] + real[mirror], imaginary[at] + imaginary[mirror])
                let differences = (real[at] - real[mirror], imaginary[at] - imaginary[mirror])
                one += sums.0 * sums.0 + differences.1 * differences.1
                two += sums.1 * sums.1 + differences.0 * differences.0
            }
            if fineColumns[row] == 0 { add(row * columns, opposite * columns) }
            for column in max(fineColumns[row], 1)..<columns - max(fineColumns[row], 1) + 1 {
                add(row * columns + column, opposite * columns + columns - column)
            }
            let weight = row == opposite ? 0.25 : 0.5
            first += weight * one
            second += weight * two
        }
        return (first, second)
    }
}
