import TestSupport

extension SplitMix64 {
    /// True once in `n` draws on average.
    mutating func once(in n: Int) -> Bool { Int.random(in: 0..<n, using: &self) == 0 }

    /// 0 ..< n
    mutating func below(_ n: Int) -> Int { Int.random(in: 0..<n, using: &self) }
}
