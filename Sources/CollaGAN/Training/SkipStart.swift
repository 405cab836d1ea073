import ElementaryFunctions
import Foundation
import Metrics
import NeuralNet
import Tensors

extension Generator {
    /// Starts the regression skip from least-squares fits, and the head small, so that training goes on from the regression (method.md §10).
    ///
    /// Each target takes its fit from the most inputs there is one for; a target without any starts from 0. The head's weights are drawn
    /// from a normal distribution of σ 1e-3.
    func startSkip(from regressions: [QuadraticRegression], using random: inout SeededGenerator) {
        guard let skip else { return }
        let order = SkipFeatures(contrasts: contrasts)
        for index in 0..<skip.count { skip.values.pointer[index] = 0 }
        for target in 0..<contrasts {
            guard let fit = regressions.filter({ $0.target == target }).max(by: { $0.inputs.count < $1.inputs.count })
            else { continue }
            for (feature, coefficient) in zip(order.places(of: fit.inputs), fit.coefficients) {
                skip.values.pointer[feature * contrasts + target] = Float(coefficient)
            }
        }
        for index in 0..<head.count {
            let radius = (-2 * Elementary.log(Double(1 - random.uniform()))).squareRoot()
            let angle = 2 * .pi * Double(random.uniform())
            head.values.pointer[index] = Float(1e-3 * radius * Elementary.cos(angle))
        }
    }
}

extension SkipFeatures {
    /// Places of a regression's coefficients [1, x_a, …, x_a·x_a, x_a·x_b, …]; the constant is the brain's.
    fileprivate func places(of inputs: [Int]) -> [Int] {
        [brain] + inputs
            + inputs.enumerated().flatMap { place, i in inputs[place...].map { j in product(i, j) } }
    }
}
