import Tensors

/// Is told, on a tape's way back, to which parameters' gradients nothing on it adds any more.
package struct GradientWatch {
    /// Called first, with whether the tape uses a parameter at all.
    let begin: (_ isUsed: (Parameter) -> Bool) -> Void
    /// Called once for each that it uses, frozen ones among them, when its gradient is final.
    let end: (Parameter) -> Void

    package init(begin: @escaping (_ isUsed: (Parameter) -> Bool) -> Void, end: @escaping (Parameter) -> Void) {
        (self.begin, self.end) = (begin, end)
    }
}

/// Records operations as they run and plays their gradients backwards (reverse-mode differentiation).
///
/// Operations are methods of the tape, one file each under `Layers` and `Losses`. What an operation needs for its
/// gradient lives in its recorded closure and is freed as soon as that closure has run.
package final class Tape {
    /// False for inference: nothing is recorded, intermediate values are freed at once.
    package let isRecording: Bool
    /// Filters prepared on the way. Weights must not change while one is in use.
    let filters: FilterCache
    private var steps: [(parameters: [Parameter], run: () -> Void)] = []
    /// How many steps on the tape may still add to a parameter's gradient; empty where nobody asks.
    private var uses: [ObjectIdentifier: Int] = [:]
    private let watch: GradientWatch?

    /// - Parameters:
    ///   - filters: share one between tapes for as long as the weights stay the same; its precision is that of the
    ///     tape's products.
    ///   - watch: is told on the way back which gradients are final.
    package init(recording: Bool = true, filters: FilterCache, watch: GradientWatch? = nil) {
        (isRecording, self.filters, self.watch) = (recording, filters, watch)
    }

    /// With filters of its own.
    package convenience init(
        recording: Bool = true, precision: Precision = .float32, watch: GradientWatch? = nil
    ) {
        self.init(recording: recording, filters: FilterCache(precision: precision), watch: watch)
    }

    /// Wraps an operation's result; `gradient` gets dLoss/dResult and passes it on to the operation's input and
    /// parameters.
    func record(
        _ value: Tensor, from input: Variable, _ parameters: Parameter?..., gradient: @escaping (Tensor) -> Void
    ) -> Variable {
        record(value, when: input.needsGradient, parameters.compactMap { $0 }, gradient: gradient)
    }

    /// - Parameters:
    ///   - isNeeded: whether an input's gradient is; that of a parameter is unless it is frozen.
    ///   - parameters: all to which `gradient` may add.
    func record(
        _ value: Tensor, activation: ChannelActivation? = nil, when isNeeded: Bool, _ parameters: [Parameter] = [],
        gradient: @escaping (Tensor) -> Void
    ) -> Variable {
        guard isRecording, isNeeded || parameters.contains(where: { !$0.isFrozen }) else {
            return Variable(raw: value, activation: activation, needsGradient: false)
        }
        let result = Variable(raw: value, activation: activation, needsGradient: true)
        if watch != nil { for parameter in parameters { uses[ObjectIdentifier(parameter), default: 0] += 1 } }
        steps.append(
            (
                parameters,
                {
                    if let dy = result.takeGradient() { gradient(dy) }
                }
            ))
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
        filters.dropForward()
        watch?.begin { uses[ObjectIdentifier($0)] != nil }
        while let (parameters, run) = steps.popLast() {
            run()
            if let watch { parameters.forEach { count(out: $0, watch) } }
        }
    }

    private func count(out parameter: Parameter, _ watch: GradientWatch) {
        let key = ObjectIdentifier(parameter)
        uses[key, default: 0] -= 1
        if uses[key] == 0 { watch.end(parameter) }
    }
}
