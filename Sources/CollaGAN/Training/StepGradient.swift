import NeuralNet

/// The gradient of all samples of a step with respect to one network's parameters, from that of each sample.
///
/// A step of one sample leaves the gradient where it is computed; more are summed in a `GradientTree`, which ranks continue.
struct StepGradient {
    private var tree: GradientTree?
    private let exchange: GradientExchange?

    /// - Parameters:
    ///   - batch: samples of the step on all ranks.
    ///   - exchange: nil on one process.
    init(_ parameters: [Parameter], batch: Int, _ exchange: GradientExchange?) {
        tree = batch > 1 ? GradientTree(parameters) : nil
        self.exchange = exchange
    }

    /// Takes up the gradient of the next sample.
    mutating func add() { tree?.add() }

    /// Called after the last sample of this rank: from here on the ranks' sums may travel.
    mutating func close() {
        tree?.finish()
        exchange?.begin()
    }

    /// Waits until the parameters hold the gradient of the whole step.
    ///
    /// - Throws: `ModelError.Code.unanswered`.
    func finish() throws(ModelError) { try exchange?.finish() }
}
