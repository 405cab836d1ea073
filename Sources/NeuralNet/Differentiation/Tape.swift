import Tensors

/// Records operations as they run and plays their gradients backwards (reverse-mode differentiation).
///
/// Operations are methods of the tape, one file each under `Layers` and `Losses`. What an operation needs for its
/// gradient lives in its recorded closure and is freed as soon as that closure has run.
package final class Tape {
    /// False for inference: nothing is recorded, intermediate values are freed at once.
    package let isRecording: Bool
    /// Filters prepared on the way. Weights must not change while one is in use.
    let filters: FilterCache
    private var steps: [() -> Void] = []

    /// - Parameter filters: share one between tapes for as long as the weights stay the same; its precision is that of
    ///   the tape's products.
    package init(recording: Bool = true, filters: FilterCache) {
        (isRecording, self.filters) = (recording, filters)
    }

    /// With filters of its own.
    package convenience init(recording: Bool = true, precision: Precision = .float32) {
        self.init(recording: recording, filters: FilterCache(precision: precision))
    }

    /// Wraps an operation's result; `gradient` gets dLoss/dResult and passes it on to the operation's inputs.
    func record(
        _ value: Tensor, from input: Variable, _ parameters: Parameter?..., gradient: @escaping (Tensor) -> Void
    ) -> Variable {
        record(
            value, when: input.needsGradient || parameters.contains { $0?.isFrozen == false }, gradient: gradient)
    }

    func record(
        _ value: Tensor, activation: ChannelActivation? = nil, when isNeeded: Bool,
        gradient: @escaping (Tensor) -> Void
    ) -> Variable {
        guard isRecording, isNeeded else { return Variable(raw: value, activation: activation, needsGradient: false) }
        let result = Variable(raw: value, activation: activation, needsGradient: true)
        steps.append {
            if let dy = result.takeGradient() { gradient(dy) }
        }
        return result
    }

    /// Computes the gradients of a scalar with respect to everything on the tape, and empties the tape.
    package func backward(from loss: Variable) {
        precondition(loss.value.shape.count == 1, "only a scalar can be differentiated")
        backward(from: loss, gradient: Tensor(loss.value.shape, filledWith: 1))
    }

    /// Computes the gradients of Σ gradient · result, and empties the tape; `gradient` is not to be used afterwards.
    package func backward(from result: Variable, gradient: Tensor) {
        result.receive(gradient)
        while let step = steps.popLast() { step() }
    }
}
