import Dispatch
import Foundation
import NeuralNet
import Ranks

/// The ranks that one training runs on: what they tell each other, and what they agree on.
///
/// All ranks call the same methods in the same order.
package final class RankGroup: Sendable {
    package let rank: Int
    package let size: Int

    private let transport: any Transport
    private let timeout: Double
    /// On which all exchanges run, one after the other.
    private let queue = DispatchQueue(label: "collagan.exchange")
    /// Why the first exchange failed that did; none is tried after it. On the queue alone.
    nonisolated(unsafe) private var failure: TransportError?

    /// - Parameter timeout: seconds after which an exchange counts as unanswered.
    package init(_ transport: any Transport, timeout: Double) {
        (rank, size) = (transport.rank, transport.size)
        // Rank 0 tells of a rank that is lost; the others only where it is the one.
        (self.transport, self.timeout) = (transport, timeout + (transport.rank == 0 ? 0 : min(timeout, 5)))
    }

    /// Whether this rank writes and talks.
    package var isFirst: Bool { rank == 0 }

    /// Takes leave of the others, if they still answer; call once, last.
    package func finish() {
        guard (try? gather([0])) != nil else { return }
        queue.sync { transport.finish() }
    }

    /// One list of each rank, by rank.
    ///
    /// - Precondition: the lists are equally long.
    /// - Throws: `ModelError.Code.unanswered`.
    package func gather<Word: BitwiseCopyable>(_ mine: [Word]) throws(ModelError) -> [[Word]] {
        var all = Array(repeating: mine, count: size)
        guard size > 1, !mine.isEmpty else { return all }
        let received = UnsafeMutableBufferPointer<Word>.allocate(capacity: mine.count * size)
        let sent = UnsafeMutableBufferPointer<Word>.allocate(capacity: mine.count)
        _ = sent.initialize(fromContentsOf: mine)
        var messages: [Message] = []
        for other in others {
            let place = UnsafeMutableBufferPointer(rebasing: received[other * mine.count..<(other + 1) * mine.count])
            messages.append(.receive(UnsafeMutableRawBufferPointer(place), from: other))
            messages.append(.send(UnsafeRawBufferPointer(sent), to: other))
        }
        // Where it fails, the library may still write into what was to be received: it stays.
        try exchange(messages)
        for other in others { all[other] = Array(received[other * mine.count..<(other + 1) * mine.count]) }
        received.deallocate()
        sent.deallocate()
        return all
    }

    /// One text of each rank, by rank.
    ///
    /// - Throws: `ModelError.Code.unanswered`.
    package func gather(_ mine: String) throws(ModelError) -> [String] {
        let bytes = Array(mine.utf8)
        let counts = try gather([bytes.count]).map { $0[0] }
        let padded = bytes + Array(repeating: 0, count: (counts.max() ?? 0) - bytes.count)
        return try zip(counts, gather(padded)).map { String(decoding: $1.prefix($0), as: UTF8.self) }
    }

    /// What went wrong on the lowest rank on which something did; nil where nothing did on any.
    ///
    /// - Parameter mine: what went wrong here.
    /// - Throws: `ModelError.Code.unanswered`.
    package func firstFailure(_ mine: String?) throws(ModelError) -> String? {
        let failed = try gather([mine == nil ? 0 : 1]).map { $0[0] }
        guard let rank = failed.firstIndex(of: 1) else { return nil }
        return try gather(mine ?? "")[rank]
    }

    /// Does on every rank what may fail on some: where it does, all fail with the error of the lowest such rank.
    ///
    /// - Throws: also `ModelError.Code.unanswered`.
    package func agree<Result>(_ body: () throws(ModelError) -> Result) throws(ModelError) -> Result {
        let mine = Swift.Result { () throws(ModelError) in try body() }
        var failure: ModelError?
        if case .failure(let error) = mine {
            // Nobody is left to tell.
            guard error.code != .unanswered else { throw error }
            failure = error
        }
        try settle(failure)
        return try mine.get()
    }

    /// Throws on all ranks what went wrong on the lowest.
    func settle(_ mine: ModelError?) throws(ModelError) {
        let text = try firstFailure(mine.map { "\($0.code.rawValue) \($0.message)" })
        guard let text else { return }
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        throw ModelError(ModelError.Code(rawValue: parts[0]) ?? .data, "", parts.count > 1 ? parts[1] : text)
    }

    /// Makes sure that something is the same on all ranks.
    ///
    /// - Throws: `ModelError.Code.mismatch`, where it is not, that begins with the number of the rank and `what`.
    package func requireSame(_ mine: String, _ what: String) throws(ModelError) {
        let all = try gather(mine)
        guard let other = all.firstIndex(where: { $0 != all[0] }) else { return }
        throw ModelError(.mismatch, "", "rank \(other) has \(what) than rank 0")
    }

    var others: [Int] { (1..<max(size, 1)).map { (rank + $0) % size } }

    func exchange(_ messages: [Message]) throws(ModelError) {
        do throws(TransportError) {
            try unsafeExchange(messages)
        } catch {
            throw ModelError(error)
        }
    }

    private func unsafeExchange(_ messages: [Message]) throws(TransportError) {
        nonisolated(unsafe) let messages = messages
        let result = queue.sync {
            attempt { transport, seconds throws(TransportError) in try transport.exchange(messages, within: seconds) }
        }
        try result.get()
    }

    private func attempt(
        _ body: (any Transport, _ seconds: Double) throws(TransportError) -> Void
    ) -> Result<Void, TransportError> {
        if let failure { return .failure(failure) }
        let result = Result { () throws(TransportError) in try body(transport, timeout) }
        if case .failure(let error) = result { failure = error }
        return result
    }

    /// Runs an exchange beside the caller.
    func begin(_ body: @escaping @Sendable (any Transport, _ seconds: Double) throws(TransportError) -> Void)
        -> PendingExchange
    {
        let pending = PendingExchange()
        queue.async { [self] in
            let begun = ContinuousClock.now
            let result = attempt(body)
            pending.end(result, seconds: (.now - begun) / .seconds(1))
        }
        return pending
    }
}

/// An exchange that is under way.
final class PendingExchange: Sendable {
    private let ended = DispatchSemaphore(value: 0)
    nonisolated(unsafe) private var result: Result<Void, TransportError> = .success(())
    nonisolated(unsafe) private var seconds = 0.0

    fileprivate init() {}

    fileprivate func end(_ result: Result<Void, TransportError>, seconds: Double) {
        (self.result, self.seconds) = (result, seconds)
        ended.signal()
    }

    /// Waits until it is done; call once.
    ///
    /// - Returns: the seconds that it took.
    /// - Throws: `ModelError.Code.unanswered`.
    func finish() throws(ModelError) -> Double {
        ended.wait()
        if case .failure(let error) = result {
            throw ModelError(error)
        }
        return seconds
    }
}

extension ModelError {
    /// What a failed exchange is to a training.
    fileprivate init(_ error: TransportError) {
        self.init(
            .unanswered, "",
            "\(error.message); run again with --resume, which goes on from the last checkpoint if there is one")
    }
}
