import Foundation
import Tensors

/// Shows where a run stands: what the network does, else what it waits for.
final class RunProgress: Sendable {
    private struct State {
        var pace = Pace()
        /// The patient that the network works on, when it was begun, and passes through the network done and to do.
        var current: (index: Int, begun: ContinuousClock.Instant, done: Int, total: Int)?
        var networkSeconds = 0.0
        var isComputing = false
    }

    private let names: [String]
    private let console: Console
    private let state = Locked(State())

    init(_ names: [String], _ console: Console) {
        (self.names, self.console) = (names, console)
    }

    /// How long the network was at work, in seconds.
    var networkSeconds: Double { state.withLock { $0.networkSeconds } }

    /// A patient is being read; shown while the network has nothing to do.
    func reading(_ index: Int) {
        if state.withLock({ !$0.isComputing }) { show(index, "reading") }
    }

    /// The network begins with a patient.
    /// - Parameter passes: how often all of its slices will go through the network.
    func begin(_ index: Int, passes: Int) {
        state.withLock { $0.current = (index, .now, 0, max(passes, 1)) }
    }

    /// All of the present patient's passes are over.
    func finish(_ index: Int) {
        state.withLock { state in
            guard let current = state.current, current.index == index else { return }
            if current.done > 0 { state.pace.finished(after: Self.seconds(since: current.begun)) }
            state.current = nil
        }
        show(index, "writing")
    }

    /// Runs the network, timed.
    /// - Parameter passes: passes that belong to this work.
    func computing<Result>(passes: Int, _ work: () -> Result) -> Result {
        let start = ContinuousClock.now
        state.withLock { $0.isComputing = true }
        let result = work()
        state.withLock { state in
            state.isComputing = false
            state.networkSeconds += Self.seconds(since: start)
            state.current?.done += passes
        }
        return result
    }

    /// How far the network is with a piece of work.
    /// - Parameters:
    ///   - fraction: how much of this piece is done, 0 ... 1.
    ///   - passes: passes that belong to it.
    func show(_ index: Int, _ what: String, _ fraction: Double, of passes: Int) {
        let left = state.withLock { state -> Double? in
            guard let current = state.current else { return nil }
            let done = (Double(current.done) + fraction * Double(passes)) / Double(current.total)
            return state.pace.secondsLeft(
                fraction: min(done, 1), elapsed: Self.seconds(since: current.begun), others: names.count - 1 - index)
        }
        show(index, "\(what) \(Int(fraction * 100)) %", left)
    }

    private func show(_ index: Int, _ stage: String, _ secondsLeft: Double? = nil) {
        console.progress(
            ProgressLine(
                number: index + 1, count: names.count, name: names[index], stage: stage, secondsLeft: secondsLeft))
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - start) / .seconds(1)
    }
}
