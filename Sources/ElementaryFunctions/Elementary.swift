/// Exponential, logarithm, powers, sine and cosine in float64, made of additions, multiplications and divisions alone, in
/// one order.
///
/// The C library's choose among several versions by processor (with fused multiply-adds or without), whose last bits
/// differ. These give the same bits on every processor. Errors, in units in the last place (ulp), are bounds that the
/// tests hold on a million arguments.
package enum Elementary {}

extension Elementary {
    /// ln 2 in two parts: the product of the first, of 32 bits, with an exponent is exact.
    private static let ln2 = (high: 0x1.62e42feep-1, low: 0x1.a39ef35793c76p-33)
    private static let log2OfE = 0x1.71547652b82fep+0
    private static let log10OfE = 0x1.bcb7b1526e50ep-2

    /// eˣ, within 1 ulp; ∞ above 709.78, subnormal and then 0 below −708.4.
    ///
    /// x = k · ln 2 + r with |r| ≤ ½ ln 2, eʳ by its Taylor series to r¹³.
    package static func exp(_ x: Double) -> Double {
        guard x <= 709.79 else { return x.isNaN ? x : .infinity }
        guard x >= -746 else { return 0 }
        let k = (x * log2OfE).rounded(.toNearestOrEven)
        let r = (x - k * ln2.high) - k * ln2.low
        var series = 1 / 6_227_020_800.0
        for factorial in inverseFactorials { series = series * r + factorial }
        let value = 1 + (r + r * r * series)
        // In two steps, as 2ᵏ itself may be no normal number.
        let half = Int(k) / 2
        return value * powerOfTwo(half) * powerOfTwo(Int(k) - half)
    }

    /// 1 ÷ 12!, 1 ÷ 11!, … 1 ÷ 2!.
    private static let inverseFactorials: [Double] = {
        var (result, factorial): ([Double], Double) = ([], 1)
        for n in 2...12 {
            factorial *= Double(n)
            result.insert(1 / factorial, at: 0)
        }
        return result
    }()

    /// 2ᵏ for −1022 ≤ k ≤ 1023.
    private static func powerOfTwo(_ k: Int) -> Double { Double(bitPattern: UInt64(k + 1023) << 52) }

    /// Natural logarithm, within 1 ulp; −∞ at 0, NaN below.
    package static func log(_ x: Double) -> Double {
        guard let (k, f) = split(x) else { return logarithmOfSpecial(x) }
        let (hfsq, correction) = logarithmParts(f)
        return k * ln2.high - ((hfsq - (correction + k * ln2.low)) - f)
    }

    /// Logarithm to the base 2, within 2 ulp; exact for powers of 2.
    package static func log2(_ x: Double) -> Double {
        guard let (k, f) = split(x) else { return logarithmOfSpecial(x) }
        let (hfsq, correction) = logarithmParts(f)
        return k + (f - (hfsq - correction)) * log2OfE
    }

    /// Logarithm to the base 10, within 2 ulp; exact for 10ⁿ with |n| ≤ 22.
    package static func log10(_ x: Double) -> Double {
        let value = log(x) * log10OfE
        let whole = value.rounded()
        return abs(whole) <= 22 && x == power(10, Int(whole)) ? whole : value
    }

    /// x = 2ᵏ · (1 + f) with √½ < 1 + f ≤ √2; nil for 0, negative numbers, infinity and NaN.
    private static func split(_ x: Double) -> (k: Double, f: Double)? {
        guard x > 0, x.isFinite else { return nil }
        let m = x.significand
        return m > 0x1.6a09e667f3bcdp+0 ? (Double(x.exponent + 1), m / 2 - 1) : (Double(x.exponent), m - 1)
    }

    private static func logarithmOfSpecial(_ x: Double) -> Double {
        x == 0 ? -.infinity : x > 0 || x.isNaN ? x : .nan
    }

    /// log(1 + f) = f − (f²/2 − s·(f²/2 + R)) with s = f ÷ (2 + f) and R = Σ 2 s²ⁿ ÷ (2n + 1), n = 1 … 11: f²/2 and
    /// s·(f²/2 + R).
    private static func logarithmParts(_ f: Double) -> (halfSquare: Double, correction: Double) {
        let s = f / (2 + f)
        let z = s * s
        var r = 0.0
        for n in stride(from: 11, through: 1, by: -1) { r = (r + 2 / Double(2 * n + 1)) * z }
        let half = f * f / 2
        return (half, s * (half + r))
    }

    /// xⁿ by repeated squaring, within about |n| ulp; 1 ÷ x⁻ⁿ for negative n.
    package static func power(_ x: Double, _ n: Int) -> Double {
        var (result, square, left) = (1.0, x, n.magnitude)
        while left > 0 {
            if left & 1 == 1 { result *= square }
            square *= square
            left >>= 1
        }
        return n < 0 ? 1 / result : result
    }

    /// xʸ for x ≥ 0 as e to the power of y · log x, within 1 + 1.3 · |y · log x| ulp; NaN below 0.
    package static func power(_ x: Double, _ y: Double) -> Double {
        guard y != 0 else { return 1 }
        return exp(y * log(x))
    }
}
