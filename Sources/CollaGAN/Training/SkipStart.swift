import Foundation
import Metrics
import NeuralNet
import Tensors

extension Generator {
    /// Starts the regression skip from least-squares fits, and the head small, so that training goes on from the regression (METHOD §10).
    ///
    /// Each target takes its fit from the most inputs there is one for; a target without any starts from 0. The head's weights are drawn
    /// from a normal distribution of σ 1e-3.
    func startSkip(from regressions: [QuadraticRegression], using random: inout SeededGenerator) {
        guard let skip else { return }
        for index in 0..<skip.count { skip.values.pointer[index] = 0 }
        for target in 0..<contrasts {
            guard let fit = regressions.filter({ $0.target == target }).max(by: { $0.inputs.count < $1.inputs.count })
            else { continue }
            for (feature, coefficient) in zip(Self.skipFeatures(of: fit.inputs, contrasts: contrasts), fit.coefficients)
            {
                skip.values.pointer[feature * contrasts + target] = Float(coefficient)
            }
        }
        for index in 0..<head.count {
            let radius = (-2 * log(1 - random.uniform())).squareRoot()
            head.values.pointer[index] = 1e-3 * radius * cos(2 * .pi * random.uniform())
        }
    }

    /// Places in φ of a regression's coefficients [1, x_a, …, x_a·x_a, x_a·x_b, …]; the constant is the brain's.
    private static func skipFeatures(of inputs: [Int], contrasts: Int) -> [Int] {
        let products = inputs.enumerated().flatMap { place, i in
            inputs[place...].map { j in contrasts + i * contrasts - i * (i - 1) / 2 + j - i }
        }
        return [contrasts + contrasts * (contrasts + 1) / 2] + inputs + products
    }
}
