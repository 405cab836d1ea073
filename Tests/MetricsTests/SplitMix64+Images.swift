import TestSupport

extension SplitMix64 {
    /// That many uniform values.
    mutating func image(_ count: Int) -> [Float] { (0..<count).map { _ in unit() } }
}
