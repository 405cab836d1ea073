import CKernels
import ElementaryFunctions
import Foundation
import Tensors

/// Adam (Kingma and Ba, ICLR 2015, algorithm 1), bias-corrected, without weight decay:
/// m = β₁m + (1 − β₁)g, v = β₂v + (1 − β₂)g², w −= rate · m̂ ÷ (√v̂ + ε).
package final class Adam {
    package let parameters: [Parameter]
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float
    /// Number of updates so far.
    package var step = 0
    /// First and second moments, one pair per parameter.
    package let moments: [(first: Tensor, second: Tensor)]

    package init(_ parameters: [Parameter], beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
        self.parameters = parameters
        (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
        moments = parameters.map { (Tensor($0.values.shape, filledWith: 0), Tensor($0.values.shape, filledWith: 0)) }
    }

    /// One update with the gradients that the parameters hold, which are then set back to zero.
    package func update(rate: Float) {
        step += 1
        let (b1, b2) = (Double(beta1), Double(beta2))
        let corrections = (Float(1 - Elementary.power(b1, step)), Float(1 - Elementary.power(b2, step)))
        for (parameter, moment) in zip(parameters, moments) {
            guard let gradient = parameter.gradient else { continue }
            Parallel.forEachChunk(of: parameter.count, by: 65536) { range in
                let first = range.lowerBound
                ck_adam(
                    parameter.pointer + first, gradient.pointer + first, moment.first.pointer + first,
                    moment.second.pointer + first, Int64(range.count), rate, beta1, beta2, epsilon, corrections.0,
                    corrections.1)
            }
            parameter.clearGradient()
        }
    }
}
