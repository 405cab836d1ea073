import Dispatch
import Foundation
import Tensors

/// Acts on SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGUSR1 until `end()`; another signal a second or more after the first ends the process at
/// once. Sooner ones are echoes: `timeout` and shells send a signal to the process and to its group.
///
/// The youngest interruption acts first. One that a program was started to ignore (`nohup`, a shell's background job) stays ignored.
package struct Interruption: Sendable {
    /// Leaves the process with the status that is owed, after what the older interruptions have to do.
    package typealias Leave = () -> Never
    /// Called on a thread of its own with the exit status that the caller owes (128 + signal number).
    package typealias Action = @Sendable (_ status: Int32, _ leave: Leave) -> Void

    private let identity: Int

    /// - Parameters:
    ///   - isFallback: whether it only acts where no other interruption does.
    ///   - action: either leaves or sees to it that the work ends by itself.
    package init(isFallback: Bool = false, _ action: @escaping Action) {
        identity = SignalWatch.shared.add(action, isFallback)
    }

    /// From here on it does not act any more.
    package func end() {
        SignalWatch.shared.remove(identity)
    }

    /// From here on the process's signals are caught. For whoever owns the process, which is the command line: without this no
    /// handler is installed, no interruption acts and nothing ends the process.
    package static func catchSignals() {
        SignalWatch.shared.begin()
    }
}

/// The process's signals and who wants to know of them.
private final class SignalWatch: Sendable {
    static let shared = SignalWatch()

    private struct State {
        var actions: [(identity: Int, isFallback: Bool, action: Interruption.Action)] = []
        var count = 0
        var interrupted: ContinuousClock.Instant?
        /// Once caught, signals stay caught: libdispatch installs its handler with the first source for a signal only.
        var sources: [any DispatchSourceSignal] = []
    }

    private let state = Locked(State())
    /// Apart from the queue on which the first signal is acted on, so that a second one is seen meanwhile.
    private let signals = DispatchQueue(label: "collagan.signals")
    private let work = DispatchQueue(label: "collagan.interruption")

    private static let echoes = Duration.seconds(1)

    func begin() {
        state.withLock { state in
            if state.sources.isEmpty { state.sources = catchSignals() }
        }
    }

    func add(_ action: @escaping Interruption.Action, _ isFallback: Bool) -> Int {
        state.withLock { state in
            state.count += 1
            state.actions.append((state.count, isFallback, action))
            return state.count
        }
    }

    func remove(_ identity: Int) {
        state.withLock { state in state.actions.removeAll { $0.identity == identity } }
    }

    private func catchSignals() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1].filter { !Self.isIgnored($0) }.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: signals)
            source.setEventHandler { [unowned self] in received(128 + number) }
            source.resume()
            return source
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var current = sigaction()
        guard sigaction(number, nil, &current) == 0 else { return false }
        return unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private func received(_ status: Int32) {
        let actions = state.withLock { state -> [Interruption.Action] in
            if let interrupted = state.interrupted {
                guard .now - interrupted < Self.echoes else { _exit(status) }
                return []
            }
            state.interrupted = .now
            let proper = state.actions.filter { !$0.isFallback }
            let actions = proper.isEmpty ? state.actions : proper
            guard !actions.isEmpty else { _exit(status) }
            return actions.map(\.action)
        }
        guard !actions.isEmpty else { return }
        work.async { Self.act(actions[...], status) }
    }

    /// The youngest action; the others follow if it leaves.
    private static func act(_ actions: ArraySlice<Interruption.Action>, _ status: Int32) {
        actions.last?(status) {
            act(actions.dropLast(), status)
            _exit(status)
        }
    }
}
