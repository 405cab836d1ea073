import ElementaryFunctions
import Foundation
import Testing

/// Against the x87's 80-bit functions where there are such, against properties everywhere.
@Suite struct ElementaryTests {
    #if arch(x86_64)
        /// Largest distance from the 80-bit function in units in the last place of the result.
        private func error(
            over arguments: some Sequence<Double>, _ own: (Double) -> Double, _ reference: (Float80) -> Float80
        ) -> Double {
            arguments.reduce(0) { largest, x in
                let exact = reference(Float80(x))
                let error = Double(abs(Float80(own(x)) - exact) / Float80(Double(exact).ulp))
                return error.isNaN ? .infinity : max(largest, error)
            }
        }

        /// A million arguments: steps that share no pattern with the binary ones.
        private func arguments(_ from: Double, _ to: Double) -> some Sequence<Double> {
            (0..<1_000_000).lazy.map { from + (to - from) * (Double($0) + 0.618) / 1e6 }
        }

        // Limits are what the functions promise; found in ulp: exp 0.95, log 0.82, log2 1.64, log10 1.90, sine and cosine 1.45 to 10 and
        // 2.26 to 10⁶, powers 0.83 of the limit at most. As the functions are the same everywhere, so is what is found.

        @Test func exponential() {
            #expect(error(over: arguments(-708, 709), Elementary.exp, Foundation.exp) < 1)
            #expect(error(over: arguments(-1, 1), Elementary.exp, Foundation.exp) < 1)
        }

        @Test func logarithms() {
            for (own, reference, limit) in [
                (Elementary.log, Foundation.log as (Float80) -> Float80, 1.0), (Elementary.log2, Foundation.log2, 2),
                (Elementary.log10, Foundation.log10, 2),
            ] {
                #expect(error(over: arguments(1e-6, 3), own, reference) < limit)
                #expect(error(over: arguments(3, 1e9), own, reference) < limit)
                #expect(error(over: arguments(-320, 300).lazy.map { Elementary.power(10, $0) }, own, reference) < limit)
            }
        }

        @Test func anglesNearAndFar() {
            for (from, to, limit) in [(-0.8, 0.8, 1.5), (-10, 10, 1.5), (-1e6, 1e6, 2.5)] {
                #expect(error(over: arguments(from, to), Elementary.sin, Foundation.sin) < limit)
                #expect(error(over: arguments(from, to), Elementary.cos, Foundation.cos) < limit)
            }
        }

        @Test func powers() {
            for exponent in [0.5, 0.9, 1.1, 2.2, -1.5] {
                let most = error(over: arguments(1e-3, 3), { Elementary.power($0, exponent) }) {
                    Foundation.pow($0, Float80(exponent))
                }
                #expect(most < 1 + 1.3 * abs(exponent) * 6.91, "\(exponent)")
            }
            let decay = error(over: [0.9, 0.99, 0.999], { Elementary.power($0, 2000) }) { Foundation.pow($0, 2000) }
            #expect(decay < 2000)
        }
    #endif

    @Test func exactValues() {
        #expect(Elementary.exp(0) == 1 && Elementary.cos(0) == 1 && Elementary.sin(0) == 0 && Elementary.log(1) == 0)
        for n in -22...22 { #expect(Elementary.log10(Elementary.power(10, n)) == Double(n)) }
        for n in -1074...1023 {
            #expect(Elementary.log2(Double(sign: .plus, exponent: n, significand: 1)) == Double(n))
        }
        #expect(Elementary.power(3, 5) == 243 && Elementary.power(2, -2) == 0.25 && Elementary.power(0, 0) == 1)
        #expect(Elementary.power(0, 0.5) == 0 && Elementary.power(0.3, 0.0) == 1)
    }

    @Test func theEndsOfTheRange() {
        #expect(Elementary.exp(709.78) < .infinity && Elementary.exp(709.79) == .infinity)
        #expect(Elementary.exp(-745) > 0 && Elementary.exp(-746) == 0 && Elementary.exp(-.infinity) == 0)
        #expect(Elementary.exp(.infinity) == .infinity && Elementary.exp(.nan).isNaN)
        #expect(Elementary.log(0) == -.infinity && Elementary.log(.infinity) == .infinity)
        #expect(Elementary.log(-1).isNaN && Elementary.log(.nan).isNaN && Elementary.log2(-1).isNaN)
        #expect(Elementary.log10(0) == -.infinity && Elementary.log10(.infinity) == .infinity)
        #expect(Elementary.sin(.infinity).isNaN && Elementary.cos(.nan).isNaN && Elementary.cos(2e6).isNaN)
        #expect(Elementary.power(-1, 0.5).isNaN && Elementary.power(.infinity, -1.0) == 0)
    }
}
