import CKernels
import ElementaryFunctions
import Foundation
import Tensors

/// Adam (Kingma and Ba, ICLR 2015, algorithm 1), bias-corrected, without weight decay:
/// m = β₁m + (1 − β₁)g, v = β₂v + (1 − β₂)g², w −= rate · m̂ ÷ (√v̂ + ε).
package final class Adam: Optimiser {
    package let parameters: [Parameter]
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float
    package var step = 0
    /// First and second moments, one pair per parameter.
    package let moments: [(first: Tensor, second: Tensor)]

    package init(_ parameters: [Parameter], beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
        self.parameters = parameters
        (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
        moments = parameters.map { (Tensor($0.values.shape, filledWith: 0), Tensor($0.values.shape, filledWith: 0)) }
    }

    package var state: [(name: String, tensors: [Tensor])] {
        [("first", moments.map(\.first)), ("second", moments.map(\.second))]
    }

    package func update(rate: Float) {
        step += 1
        let correction1 = Float(1 - Elementary.power(Double(beta1), step))
        let correction2 = Float(1 - Elementary.power(Double(beta2), step))
        for (parameter, moment) in zip(parameters, moments) {
            guard let gradient = parameter.gradient else { continue }
            withPointers(to: parameter.values, gradient, moment.first, moment.second) { values, gradient, m, v in
                Parallel.forEachChunk(of: parameter.count, by: 65536) { range in
                    let first = range.lowerBound
                    ck_adam(
                        values.pointer + first, gradient.pointer + first, m.pointer + first, v.pointer + first,
                        Int64(range.count), rate, beta1, beta2, epsilon, correction1, correction2)
                }
            }
            parameter.clearGradient()
        }
    }
}
