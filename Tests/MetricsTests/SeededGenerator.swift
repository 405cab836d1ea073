/// SplitMix64: the same numbers on every machine and in the NumPy scripts that made the golden values.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Uniform in 0 ..< 1, a multiple of 2⁻²⁴.
    mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// That many uniform values.
    mutating func image(_ count: Int) -> [Float] { (0..<count).map { _ in unit() } }
}
