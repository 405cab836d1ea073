import Tensors

/// What SIGINT and SIGTERM do to a training: before it begins they end it on the spot, as nothing but prepared patients was written;
/// later they ask for a checkpoint.
final class TrainingInterruption: Sendable {
    private struct State {
        var hasBegun = false
        /// Exit status that is owed; 0 as long as no signal came.
        var status: Int32 = 0
    }

    private let state = Locked(State())

    /// Takes up a signal.
    /// - Parameters:
    ///   - status: the exit status that is owed to it.
    ///   - leave: ends the process.
    func receive(_ status: Int32, leave: () -> Never) {
        state.withLock { state in
            guard state.hasBegun else { leave() }
            if state.status == 0 { state.status = status }
        }
    }

    /// From here on the training writes, and has to be asked to stop.
    func begin() {
        state.withLock { $0.hasBegun = true }
    }

    /// Exit status owed to the first signal; nil as long as none came.
    var status: Int32? {
        state.withLock { $0.status == 0 ? nil : $0.status }
    }
}
