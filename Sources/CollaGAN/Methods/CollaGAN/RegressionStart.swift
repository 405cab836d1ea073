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
        head.initialiseNormal(deviation: 1e-3, using: &random)
    }

    /// Sets the regression branch of some targets to least-squares fits, each set of inputs to its own; where sets are
    /// not told apart, the fit from the most inputs is the last and stays. What has none is left as it is.
    func setRegression(from regressions: [QuadraticRegression], targets: some Sequence<Int>) {
        guard let regression, let rows = regressionRows else { return }
        let order = RegressionFeatures(contrasts: contrasts)
        withPointers(to: regression.values) { weights in
            for target in targets {
                let fits = regressions.filter { $0.target == target }.sorted { $0.inputs.count < $1.inputs.count }
                for fit in fits {
                    let row = rows.row(of: target, from: fit.inputs)
                    for feature in 0..<order.count { weights.pointer[feature * rows.count + row] = 0 }
                    for (feature, coefficient) in zip(order.places(of: fit.inputs), fit.coefficients) {
                        weights.pointer[feature * rows.count + row] = Float(coefficient)
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
