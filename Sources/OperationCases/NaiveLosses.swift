import ElementaryFunctions
import Tensors

extension Naive {
    /// mean |x − truth|.
    package static func meanAbsoluteError(_ x: Reference, _ truth: Reference) -> Reference {
        mean(zip(x.values, truth.values).map { abs($0 - $1) })
    }

    /// mean (x − truth)².
    package static func meanSquaredError(_ x: Reference, _ truth: Reference) -> Reference {
        mean(zip(x.values, truth.values).map { ($0 - $1) * ($0 - $1) })
    }

    /// mean (x − value)².
    package static func meanSquaredError(_ x: Reference, from value: Double) -> Reference {
        mean(x.values.map { ($0 - value) * ($0 - value) })
    }

    /// mean −log(exp(x[class]) ÷ Σ exp(x)).
    package static func crossEntropy(_ logits: Reference, classes: [Int]) -> Reference {
        mean(
            classes.enumerated().map { row, target in
                let sum = (0..<logits.shape.c).reduce(0) { $0 + Elementary.exp(logits[row, 0, 0, $1]) }
                return -Elementary.log(Elementary.exp(logits[row, 0, 0, target]) / sum)
            })
    }

    /// mean over the images of −log((1 + SSIM) ÷ 2).
    package static func ssimLoss(_ x: Reference, _ truth: Reference, range: Double) -> Reference {
        let s = x.shape
        return mean(
            (0..<s.n).map { n in
                let image = n * s.pixels..<(n + 1) * s.pixels
                let similarity = ssim(
                    Array(x.values[image]), Array(truth.values[image]), height: s.h, width: s.w, range: range)
                return -Elementary.log((1 + similarity) / 2)
            })
    }

    /// Mean SSIM over every position where the Gaussian 11×11 window fits, each computed from its 121 weighted pixels.
    package static func ssim(_ x: [Double], _ y: [Double], height: Int, width: Int, range: Double) -> Double {
        let taps = (-5...5).map { Elementary.exp(-Double($0 * $0) / (2 * 1.5 * 1.5)) }
        let weight = taps.reduce(0, +) * taps.reduce(0, +)
        let (c1, c2) = (1e-4 * range * range, 9e-4 * range * range)
        var total = 0.0
        for top in 0...height - 11 {
            for left in 0...width - 11 {
                func expectation(_ value: (Int) -> Double) -> Double {
                    var sum = 0.0
                    for v in 0..<11 {
                        for h in 0..<11 { sum += taps[v] * taps[h] / weight * value((top + v) * width + left + h) }
                    }
                    return sum
                }
                let (mx, my) = (expectation { x[$0] }, expectation { y[$0] })
                let vx = expectation { (x[$0] - mx) * (x[$0] - mx) }
                let vy = expectation { (y[$0] - my) * (y[$0] - my) }
                let covariance = expectation { (x[$0] - mx) * (y[$0] - my) }
                total +=
                    (2 * mx * my + c1) * (2 * covariance + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
            }
        }
        return total / Double((height - 10) * (width - 10))
    }

    /// Σ weight · term of scalars.
    package static func weightedSum(_ terms: [(weight: Double, term: Reference)]) -> Reference {
        Reference(Shape(1, 1, 1, 1), [terms.reduce(0) { $0 + $1.weight * $1.term.values[0] }])
    }

    package static func mean(_ values: [Double]) -> Reference {
        Reference(Shape(1, 1, 1, 1), [values.reduce(0, +) / Double(values.count)])
    }
}
