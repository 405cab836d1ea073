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
    /// - Parameter updated: those that changed; nil for all.
    package func update(decay: Float, _ updated: [Parameter]? = nil) {
        let changed = updated.map { Set($0.map(ObjectIdentifier.init)) }
        for (parameter, value) in zip(parameters, values)
        where changed?.contains(ObjectIdentifier(parameter)) != false {
            withPointers(to: value, parameter.values) { average, weights in
                ck_exponential_average(average.pointer, weights.pointer, Int64(parameter.count), decay)
            }
        }
    }
}
