import NeuralNet

/// The gradient of all samples of a step with respect to one network's parameters, from that of each sample.
///
/// A step of one sample leaves the gradient where it is computed; more are summed in a `GradientTree`, which ranks continue.
final class StepGradient {
    private let parameters: [Parameter]
    private let samples: Int
    private var tree: GradientTree?
    private let exchange: GradientExchange?
    private var added = 0

    /// - Parameters:
    ///   - samples: of this rank.
    ///   - exchange: nil on one process.
    init(_ parameters: [Parameter], samples: Int, _ exchange: GradientExchange?) {
        (self.parameters, self.samples, self.exchange) = (parameters, samples, exchange)
        tree = samples > 1 ? GradientTree(parameters) : nil
    }

    /// Watches the next sample's backward pass, if it is the last: what is final of it travels at once.
    var watch: GradientWatch? {
        guard let exchange, added == samples - 1 else { return nil }
        let places = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { (ObjectIdentifier($1), $0) })
        func take(_ parameter: Parameter) {
            guard let place = places[ObjectIdentifier(parameter)] else { return }
            tree?.finish(place)
            exchange.take(parameter)
        }
        return GradientWatch(
            begin: { [parameters] isUsed in for parameter in parameters where !isUsed(parameter) { take(parameter) } },
            end: take)
    }

    /// Takes up the gradient of the next sample.
    func add() {
        added += 1
        if added < samples { tree?.add() }
    }

    /// Called after the last sample of this rank.
    func close() {
        tree?.finish()
        exchange?.takeRest()
    }

    /// Waits until the parameters hold the gradient of the whole step.
    ///
    /// - Throws: `ModelError.Code.unanswered`.
    func finish() throws(ModelError) { try exchange?.finish() }
}
