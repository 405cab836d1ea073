import TestSupport

extension SplitMix64 {
    /// Uniform in 0 ..< 1, a multiple of 2⁻²⁴; the NumPy scripts behind the golden values draw the same.
    mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// That many uniform values.
    mutating func image(_ count: Int) -> [Float] { (0..<count).map { _ in unit() } }
}
