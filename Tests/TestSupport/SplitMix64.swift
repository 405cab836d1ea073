/// SplitMix64 (Steele, Lea, Flood 2014): the sequence that golden values made with NumPy started from.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the sequence of `seed`.
    package init(seed: UInt64) { state = seed }

    /// The next 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in 0 ..< 1, a multiple of 2⁻²⁴; the NumPy scripts behind the golden values draw the same.
    package mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }
}
