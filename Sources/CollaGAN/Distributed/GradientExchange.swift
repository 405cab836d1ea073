import NeuralNet
import Ranks

/// The gradient of one network: that of a rank's samples becomes that of all ranks' samples.
final class GradientExchange {
    private let parameters: [Parameter]
    private let ranks: RankGroup
    /// All gradients one after the other.
    private let numbers: UnsafeMutableBufferPointer<Float>
    private var pending: PendingExchange?

    init(_ parameters: [Parameter], _ ranks: RankGroup) {
        (self.parameters, self.ranks) = (parameters, ranks)
        numbers = .allocate(capacity: parameters.valueCount)
    }

    // An exchange that failed may still write there; the process is about to leave.
    deinit { if pending == nil { numbers.deallocate() } }

    /// Begins to sum the parameters' gradients over the ranks, beside whatever the caller does next.
    func begin() {
        if let first = numbers.baseAddress { parameters.copyGradients(to: first) }
        nonisolated(unsafe) let numbers = numbers
        pending = ranks.begin { transport, seconds throws(TransportError) in
            try TreeSum.sum(numbers, over: transport, within: seconds)
        }
    }

    /// Waits until the sums are there and gives them to the parameters.
    ///
    /// - Throws: `ModelError.Code.unanswered`.
    func finish() throws(ModelError) {
        try pending?.finish()
        pending = nil
        if let first = numbers.baseAddress { parameters.setGradients(from: first) }
    }
}
