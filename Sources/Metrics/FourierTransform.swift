import ElementaryFunctions

/// The discrete Fourier transform X[k] = Σ x[n]·exp(−2πi·kn/N) of eight sequences at once, N a power of two (Cooley and
/// Tukey 1965, radix 2), in float64; the same bits on every processor.
package struct FourierTransform: Sendable {
    /// One value of each of the eight sequences.
    package typealias Lanes = SIMD8<Double>

    /// N.
    package let length: Int
    /// cos(2πk/N) and −sin(2πk/N), k < N/2.
    private let turns: [(cosine: Double, sine: Double)]
    /// Where each value goes first: its place with the bits in opposite order.
    private let reversed: [Int]

    /// - Precondition: `length` is a power of two.
    package init(length: Int) {
        precondition(length > 0 && length & (length - 1) == 0, "a power of two")
        self.length = length
        turns = (0..<length / 2).map { k in
            let angle = 2 * Double.pi * Double(k) / Double(length)
            return (Elementary.cos(angle), -Elementary.sin(angle))
        }
        let bits = length.trailingZeroBitCount
        reversed = (0..<length).map { place in
            (0..<bits).reduce(0) { $0 << 1 | place >> $1 & 1 }
        }
    }

    /// The smallest length that takes so many values, filled up with zeros.
    package static func length(for count: Int) -> Int {
        var length = 1
        while length < count { length *= 2 }
        return length
    }

    /// Transforms in place.
    ///
    /// - Precondition: both parts hold `length` values.
    package func transform(_ real: inout [Lanes], _ imaginary: inout [Lanes]) {
        precondition(real.count == length && imaginary.count == length, "length")
        for (place, other) in reversed.enumerated() where place < other {
            real.swapAt(place, other)
            imaginary.swapAt(place, other)
        }
        real.withUnsafeMutableBufferPointer { real in
            imaginary.withUnsafeMutableBufferPointer { imaginary in
                var half = 1
                while half < length {
                    join(real, imaginary, half: half)
                    half *= 2
                }
            }
        }
    }

    /// Makes transforms of 2·half values from pairs of transforms of `half`.
    private func join(
        _ real: UnsafeMutableBufferPointer<Lanes>, _ imaginary: UnsafeMutableBufferPointer<Lanes>, half: Int
    ) {
        let step = length / (2 * half)
        for start in stride(from: 0, to: length, by: 2 * half) {
            for k in 0..<half {
                let (cosine, sine) = turns[k * step]
                let (even, odd) = (start + k, start + k + half)
                let turnedReal: Lanes = real[odd] * cosine - imaginary[odd] * sine
                let turnedImaginary: Lanes = real[odd] * sine + imaginary[odd] * cosine
                (real[odd], imaginary[odd]) = (real[even] - turnedReal, imaginary[even] - turnedImaginary)
                real[even] += turnedReal
                imaginary[even] += turnedImaginary
            }
        }
    }
}
