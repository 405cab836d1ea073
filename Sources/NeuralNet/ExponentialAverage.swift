import CKernels
import Tensors

/// Running average of weights: average = decay · average + (1 − decay) · weight after every update.
package final class ExponentialAverage {
    package let parameters: [Parameter]
    /// One tensor per parameter, in their order; starts as the parameters' values.
    package let values: [Tensor]

    package init(_ parameters: [Parameter]) {
        self.parameters = parameters
        values = parameters.map { Tensor($0.values.shape, $0.values.array()) }
    }

    /// Follows the parameters' present values.
    package func update(decay: Float) {
        for (parameter, value) in zip(parameters, values) {
            withPointers(to: value, parameter.values) { average, weights in
                ck_exponential_average(average.pointer, weights.pointer, Int64(parameter.count), decay)
            }
        }
    }
}
