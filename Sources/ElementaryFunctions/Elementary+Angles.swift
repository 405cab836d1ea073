extension Elementary {
    /// π/2 in three parts; the products of the first two, of 33 bits each, with fewer than 2²⁰ quarter turns are exact.
    private static let quarterTurn = (high: 0x1.921fb544p+0, middle: 0x1.0b4611a6p-34, low: 0x1.3198a2e037073p-69)
    private static let quarterTurnsPerRadian = 0x1.45f306dc9c883p-1

    /// Sine of an angle in radians, within 1.5 ulp for |x| ≤ 10 and 2.5 for |x| ≤ 10⁶; NaN beyond.
    package static func sin(_ x: Double) -> Double {
        guard let (turns, r) = reduced(x) else { return .nan }
        let value = turns & 1 == 0 ? sineNearZero(r) : cosineNearZero(r)
        return turns & 2 == 0 ? value : -value
    }

    /// Cosine of an angle in radians, within 1.5 ulp for |x| ≤ 10 and 2.5 for |x| ≤ 10⁶; NaN beyond.
    package static func cos(_ x: Double) -> Double {
        guard let (turns, r) = reduced(x) else { return .nan }
        let value = turns & 1 == 0 ? cosineNearZero(r) : sineNearZero(r)
        return (turns + 1) & 2 == 0 ? value : -value
    }

    /// x = turns · π/2 + r with |r| ≤ π/4 (Cody and Waite's reduction).
    private static func reduced(_ x: Double) -> (turns: Int, r: Double)? {
        guard abs(x) <= 1e6 else { return nil }
        let turns = (x * quarterTurnsPerRadian).rounded(.toNearestOrEven)
        let r = ((x - turns * quarterTurn.high) - turns * quarterTurn.middle) - turns * quarterTurn.low
        return (Int(turns), r)
    }

    /// Taylor series to r¹⁷.
    private static func sineNearZero(_ r: Double) -> Double {
        let z = r * r
        var series = 0.0
        for n in stride(from: 17, through: 3, by: -2) { series = (series + 1) * z / -Double(n * (n - 1)) }
        return r + r * series
    }

    /// Taylor series to r¹⁸.
    private static func cosineNearZero(_ r: Double) -> Double {
        let z = r * r
        var series = 0.0
        for n in stride(from: 18, through: 4, by: -2) { series = (series + 1) * z / -Double(n * (n - 1)) }
        let half = z / 2
        let whole = 1 - half
        return whole + ((1 - whole) - half + -half * series)
    }
}
