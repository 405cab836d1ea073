import NeuralNet
import Ranks

/// The gradient of one network: that of a rank's samples becomes that of all ranks' samples.
///
/// It travels in buckets of whole parameters, the last layer's first, each as soon as its parameters and those of the
/// buckets before are final. Which bucket is the next is the same on all ranks, when it leaves is not.
package final class GradientExchange {
    /// Numbers of a bucket, 1 MB; the last parameter of one may reach beyond.
    package static let bucket = 1 << 18

    /// In the order in which they travel.
    private let parameters: [Parameter]
    private let ranks: RankGroup
    /// All gradients one after the other.
    private let numbers: UnsafeMutableBufferPointer<Float>
    /// Where a parameter's numbers begin.
    private let places: [Int]
    /// Ranges of parameters.
    private let buckets: [Range<Int>]
    private let indices: [ObjectIdentifier: Int]
    private var isFinal: [Bool]
    private var pending: [PendingExchange] = []
    /// Of the exchanges since it was last set back.
    package var time = ExchangeTime()

    /// - Parameters:
    ///   - parameters: in the order in which a network uses them, more or less.
    ///   - bucket: numbers of a bucket, the same on every rank.
    package init(_ parameters: [Parameter], _ ranks: RankGroup, bucket: Int = bucket) {
        let parameters = Array(parameters.reversed())
        (self.parameters, self.ranks) = (parameters, ranks)
        numbers = .allocate(capacity: parameters.valueCount)
        indices = Dictionary(
            uniqueKeysWithValues: parameters.enumerated().map { (ObjectIdentifier($1), $0) })
        isFinal = Array(repeating: false, count: parameters.count)
        var (places, buckets, place, first, begun) = ([Int](), [Range<Int>](), 0, 0, 0)
        for (index, parameter) in parameters.enumerated() {
            places.append(place)
            place += parameter.count
            if place - begun >= bucket || index == parameters.count - 1 {
                buckets.append(first..<index + 1)
                (first, begun) = (index + 1, place)
            }
        }
        (self.places, self.buckets) = (places, buckets)
    }

    // An exchange that failed may still write there; the process is about to leave.
    deinit { if pending.isEmpty { numbers.deallocate() } }

    /// Tells that a parameter holds the gradient of all of this rank's samples; others than this network's are not
    /// looked at. Once between two calls of `finish`.
    package func take(_ parameter: Parameter) {
        guard let index = indices[ObjectIdentifier(parameter)] else { return }
        parameter.copyGradient(to: numbers.baseAddress! + places[index])
        isFinal[index] = true
        while pending.count < buckets.count, buckets[pending.count].allSatisfy({ isFinal[$0] }) { send() }
    }

    /// Tells that all do.
    package func takeRest() {
        for index in parameters.indices where !isFinal[index] { take(parameters[index]) }
    }

    /// Begins to sum the next bucket over the ranks, beside whatever the caller does next.
    private func send() {
        let bucket = buckets[pending.count]
        let end = bucket.upperBound < places.count ? places[bucket.upperBound] : numbers.count
        nonisolated(unsafe) let numbers = UnsafeMutableBufferPointer(rebasing: numbers[places[bucket.lowerBound]..<end])
        pending.append(
            ranks.begin { transport, seconds throws(TransportError) in
                try TreeSum.sum(numbers, over: transport, within: seconds)
            })
    }

    /// Waits until the sums are there and gives them to the parameters.
    ///
    /// - Throws: `ModelError.Code.unanswered`.
    package func finish() throws(ModelError) {
        guard !pending.isEmpty else { return }
        let begun = ContinuousClock.now
        for exchange in pending { time.travelled += try exchange.finish() }
        time.waited += (.now - begun) / .seconds(1)
        pending = []
        for index in parameters.indices {
            isFinal[index] = false
            parameters[index].replaceGradient(from: numbers.baseAddress! + places[index])
        }
    }
}

/// What gradients took on their way between the ranks.
package struct ExchangeTime: Sendable, Equatable {
    /// Seconds in which gradients were under way; where a rank is later than this one, it is waited for among them.
    package var travelled = 0.0
    /// Seconds of these in which nothing was computed.
    package var waited = 0.0
}
