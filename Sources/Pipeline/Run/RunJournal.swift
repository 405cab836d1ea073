import Foundation
import Tensors

/// Keeps `run.json` true at every moment and sees to it that an interruption leaves nothing half done.
final class RunJournal: Sendable {
    private struct State {
        var manifest: RunManifest
        var begun: [Int: ContinuousClock.Instant] = [:]
        var stage: OutputFolder.Stage?
    }

    private let state: Locked<State>
    private let path: String
    private let start = ContinuousClock.now

    /// Writes the first `run.json`.
    init(_ manifest: RunManifest, in folder: OutputFolder) throws(PipelineError) {
        path = "\(folder.path)/run.json"
        state = Locked(State(manifest: manifest))
        try JSONFile.write(manifest, to: path)
    }

    var manifest: RunManifest { state.withLock { $0.manifest } }

    /// A patient is being worked on.
    func begin(_ index: Int) throws(PipelineError) {
        try update { state in
            state.begun[index] = .now
            state.manifest.patients[index].status = .running
        }
    }

    /// A patient's files are about to wait in `stage`; nil once they are in place or gone.
    func stage(_ stage: OutputFolder.Stage?) {
        state.withLock { $0.stage = stage }
    }

    /// Puts a patient's files in place; an interruption waits until this is over.
    func commit(
        _ index: Int, files: [String], stale: [String], warnings: [String]
    ) throws(PipelineError) {
        try update { state throws(PipelineError) in
            try state.stage?.commit(files, stale: stale)
            state.stage = nil
            Self.settle(&state, index, .done, reason: nil)
            state.manifest.patients[index].files = files
            state.manifest.patients[index].warnings = warnings
        }
    }

    /// A patient failed or was skipped. Its waiting files are removed.
    func settle(
        _ index: Int, _ status: RunManifest.Status, reason: String, files: [String] = [], warnings: [String] = []
    ) throws(PipelineError) {
        try update { state in
            if status == .failed {
                state.stage?.discard()
                state.stage = nil
            }
            Self.settle(&state, index, status, reason: reason)
            state.manifest.patients[index].files = files
            state.manifest.patients[index].warnings = warnings
        }
    }

    /// The run is over.
    /// - Parameter networkSeconds: how long the network was at work.
    func finish(networkSeconds: Double? = nil) throws(PipelineError) {
        try update { state in
            state.manifest.networkSeconds = networkSeconds.map { ($0 * 1000).rounded() / 1000 }
            self.close(&state, .finished)
        }
    }

    /// Abandons the patients under way, for good: nothing is written after this.
    /// - Parameter leave: called last, must not return.
    func interrupt(_ leave: (RunManifest) -> Never) -> Never {
        state.withLock { state in
            state.stage?.discard()
            for index in state.manifest.patients.indices where state.manifest.patients[index].status == .running {
                state.manifest.patients[index].status = .pending
            }
            close(&state, .interrupted)
            try? JSONFile.write(state.manifest, to: path)
            leave(state.manifest)
        }
    }

    private func close(_ state: inout State, _ end: RunManifest.State) {
        state.manifest.state = end
        state.manifest.finished = RunManifest.now()
        state.manifest.seconds = Self.seconds(since: start)
    }

    private static func settle(_ state: inout State, _ index: Int, _ status: RunManifest.Status, reason: String?) {
        state.manifest.patients[index].status = status
        state.manifest.patients[index].reason = reason
        state.manifest.patients[index].seconds = state.begun[index].map(Self.seconds)
    }

    private func update(_ change: (inout State) throws(PipelineError) -> Void) throws(PipelineError) {
        try state.withLock { state throws(PipelineError) in
            try change(&state)
            try JSONFile.write(state.manifest, to: path)
        }
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let parts = (ContinuousClock.now - start).components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        return (seconds * 1000).rounded() / 1000
    }
}
