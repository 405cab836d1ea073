import ElementaryFunctions
import Foundation
import Metrics
import NeuralNet
import Tensors

extension Generator {
    /// Starts the regression branch from least-squares fits, and the head small, so that training goes on from the
    /// regression (method.md §10).
    ///
    /// A target without any fit starts from 0. The head's weights are drawn from a normal distribution of σ 1e-3.
    func startRegression(from regressions: [QuadraticRegression], using random: inout SeededGenerator) {
        guard let regression else { return }
        withPointers(to: regression.values) { $0.pointer.update(repeating: 0, count: regression.count) }
        setRegression(from: regressions, targets: 0..<contrasts)
        withPointers(to: head.values) { head in
            for index in 0..<head.shape.count {
                let radius = (-2 * Elementary.log(Double(1 - random.uniform()))).squareRoot()
                let angle = 2 * .pi * Double(random.uniform())
                head.pointer[index] = Float(1e-3 * radius * Elementary.cos(angle))
            }
        }
    }

    /// Sets the regression branch of some targets to least-squares fits, each to that from the most inputs there is; a
    /// target without any is left as it is.
    func setRegression(from regressions: [QuadraticRegression], targets: some Sequence<Int>) {
        guard let regression else { return }
        let order = RegressionFeatures(contrasts: contrasts)
        withPointers(to: regression.values) { weights in
            for target in targets {
                for fit in regressions where fit.target == target {
                    let row = fit.inputs.reduce(0) { $0 | 1 << $1 } * contrasts + target
                    let rows = contrasts << contrasts
                    for (feature, coefficient) in zip(order.places(of: fit.inputs), fit.coefficients) {
                        weights.pointer[feature * rows + row] = Float(coefficient)
                    }
                }
            }
        }
    }
}

extension RegressionFeatures {
    /// Places of a regression's coefficients [1, x_a, …, x_a·x_a, x_a·x_b, …]; the constant is the brain's.
    fileprivate func places(of inputs: [Int]) -> [Int] {
        [brain] + inputs
            + inputs.enumerated().flatMap { place, i in inputs[place...].map { j in product(i, j) } }
    }
}
