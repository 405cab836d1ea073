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
            ck_exponential_average(value.pointer, parameter.pointer, Int64(parameter.count), decay)
        }
    }

    /// Sets parameters, one for each averaged one and in their order, to the average.
    package func copy(to others: [Parameter]) {
        for (parameter, value) in zip(others, values) {
            parameter.pointer.update(from: value.pointer, count: parameter.count)
        }
    }
}
