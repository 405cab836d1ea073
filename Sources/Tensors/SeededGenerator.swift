/// xoshiro256** by Blackman and Vigna (2018), seeded through SplitMix64: the same numbers everywhere for the same seed.
package struct SeededGenerator: RandomNumberGenerator, Sendable, Codable, Equatable {
    /// The whole state: save it to continue the sequence later.
    package private(set) var state: [UInt64]

    package init(seed: UInt64) {
        var z = seed
        state = (0..<4).map { _ in
            z &+= 0x9E37_79B9_7F4A_7C15
            var x = z
            x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
            x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
            return x ^ (x >> 31)
        }
    }

    /// Resumes from a saved state.
    ///
    /// - Throws: `DecodingError` when it is not four words, or all of them are zero: no sequence starts there.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        state = try container.decode([UInt64].self, forKey: .state)
        guard state.count == 4, state.contains(where: { $0 != 0 }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .state, in: container,
                debugDescription: "a random number generator's state is four words, not all of them zero")
        }
    }

    package mutating func next() -> UInt64 {
        func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotate(state[1] &* 5, 7) &* 9
        let t = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= t
        state[3] = rotate(state[3], 45)
        return result
    }

    /// Uniform in [0, 1), a multiple of 2⁻²⁴.
    package mutating func uniform() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// Uniform in the range; the upper bound may be reached by rounding.
    package mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// Uniform in 0 ..< bound.
    package mutating func index(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
