import Files
import Foundation
import Patients
import Records
import Tensors

/// Keeps `run.json`, or the journal of a part, and the files about all patients true at every moment and sees to it that an interruption leaves nothing half done.
///
/// Whatever becomes of a patient, its own files change first, then `metrics.csv`, then `run.json`: what `run.json` says is so already.
final class RunJournal: Sendable {
    private struct State {
        var manifest: RunManifest
        /// The manifest's entries as they stand in the file.
        var entries: [String] = []
        var cohort: CohortOutputs?
        var begun: [Int: ContinuousClock.Instant] = [:]
        var stage: OutputFolder.Stage?
    }

    private let state: Locked<State>
    private let folder: OutputFolder
    /// Of the file, relative to the folder.
    private let name: String
    private let start = ContinuousClock.now

    /// Writes the first `run.json` and, with the results of earlier runs, the files about all patients. Journals of parts go:
    /// a run over all says all that they said.
    /// - Parameter cohort: what writes the files about all patients; nil for `preprocess`, which has none, and for a part.
    init(_ manifest: RunManifest, in folder: OutputFolder, cohort: CohortOutputs? = nil) throws(CollaGANError) {
        self.folder = folder
        name = folder.part.map(PartFiles.journal) ?? ResultNames.manifest
        state = Locked(State(manifest: manifest, cohort: cohort))
        try update(nil) { state throws(CollaGANError) in
            try state.cohort?.begin(state.manifest)
        }
        if folder.part == nil { PartFiles.remove(from: folder.path, on: folder.disk) }
    }

    var manifest: RunManifest { state.withLock { $0.manifest } }

    /// A patient is being worked on.
    func begin(_ index: Int) throws(CollaGANError) {
        try update(index) { state in
            state.begun[index] = .now
            state.manifest.patients[index].status = .running
        }
    }

    /// Makes the place where a patient's files wait until they are committed.
    func openStage(_ index: Int) throws(CollaGANError) -> OutputFolder.Stage {
        try state.withLock { state throws(CollaGANError) in
            let stage = try folder.stage(index)
            state.stage = stage
            return stage
        }
    }

    /// Says what dataset the results are, where the patient comes from one. A part leaves the file to `collect`.
    func describeDataset(of patient: Patient) throws(CollaGANError) {
        guard let source = DatasetSource(of: patient, in: folder.path) else { return }
        try state.withLock { state throws(CollaGANError) in
            if state.manifest.part != nil {
                state.manifest.part?.dataset = source
            } else {
                try DatasetDescription.write(source, in: folder)
            }
        }
    }

    /// Puts a patient's files in place; an interruption waits until this is over.
    /// - Parameters:
    ///   - stale: what an earlier result of the patient may have left.
    ///   - record: for the files about all patients.
    func commit(
        _ index: Int, files: [String], stale: [String], warnings: [ResultWarning], record: PatientRecord? = nil
    ) throws(CollaGANError) {
        try update(index) { state throws(CollaGANError) in
            try state.stage?.commit(files, stale: stale)
            state.stage = nil
            try Self.settle(&state, index, .done, files: files, warnings: warnings, record: record)
        }
    }

    /// A patient was skipped.
    /// - Parameters:
    ///   - files: what there is of the patient.
    ///   - stale: what an earlier result may have left and nobody wants any more.
    ///   - record: nil where there is none that holds.
    func skip(
        _ index: Int, reason: String, files: [String] = [], stale: [String] = [], warnings: [ResultWarning] = [],
        record: PatientRecord? = nil
    ) throws(CollaGANError) {
        try update(index) { state throws(CollaGANError) in
            folder.remove(stale)
            try Self.settle(
                &state, index, .skipped, reason: reason, files: files, warnings: warnings, record: record)
        }
    }

    /// A patient failed. Its waiting files are removed.
    /// - Parameters:
    ///   - stale: what an earlier result may have left; removed, as it would pass for this run's.
    ///   - kept: files of an earlier result that stay.
    func fail(_ index: Int, reason: String, stale: [String] = [], kept: [String] = []) throws(CollaGANError) {
        try update(index) { state throws(CollaGANError) in
            state.stage?.discard()
            state.stage = nil
            folder.remove(stale)
            let left = folder.existing(stale)
            let addition = left.isEmpty ? "" : "; files of an earlier run could not be removed"
            try Self.settle(&state, index, .failed, reason: reason + addition, files: kept + left)
        }
    }

    /// A patient failed, which is said.
    /// - Parameters:
    ///   - earlier: what an earlier run made of it, which stays unless it is outdated.
    ///   - stale: files that an earlier run may have left; removed where nothing stays.
    func fail(
        _ index: Int, _ error: CollaGANError, earlier: EarlierResult?, stale: [String], _ console: Console
    ) throws(CollaGANError) {
        let reason = error.reason(earlierIsOutdated: earlier?.isOutdated)
        if let earlier, !earlier.isOutdated {
            try fail(index, reason: reason, kept: earlier.record.files)
        } else {
            try fail(index, reason: reason, stale: stale)
        }
        console.error("\(manifest.patients[index].name): \(reason)")
    }

    /// The same where the folder of results may be what failed: then the run is over.
    /// - Throws: the error itself.
    func failUnlessLost(
        _ index: Int, _ error: CollaGANError, earlier: EarlierResult?, stale: [String], _ console: Console
    ) throws(CollaGANError) {
        try folder.requireSame()
        guard error.code != .outputLost, error.code != .unwritable || !folder.isLost else { throw error }
        try fail(index, error, earlier: earlier, stale: stale, console)
    }

    /// The run is over.
    /// - Parameter networkSeconds: how long the network was at work.
    /// - Returns: mean scores, for the end of the run; nil for `preprocess`.
    @discardableResult
    func finish(networkSeconds: Double? = nil) throws(CollaGANError) -> (ScoreSummary, SubsetSummary)? {
        do throws(CollaGANError) {
            try update(nil) { state throws(CollaGANError) in
                state.manifest.networkSeconds = networkSeconds.map { ($0 * 1000).rounded() / 1000 }
                close(&state, .finished)
                try state.cohort?.finish(state.manifest)
            }
        } catch {
            throw stop(error)
        }
        return state.withLock { $0.cohort.map { ($0.scores, $0.subsets) } }
    }

    /// The run cannot go on: abandons the patient under way and says why, as far as it can still be written down.
    /// - Returns: the reason with how far the run came.
    func stop(_ problem: CollaGANError) -> CollaGANError {
        state.withLock { state in
            abandon(&state, .stopped)
            let (done, all) = (state.manifest.counts["done", default: 0], state.manifest.patients.count)
            let message =
                "\(problem.message) (\(done) of \(all) patients were done; the same command finishes the rest)"
            state.manifest.reason = message
            try? state.cohort?.writePage(state.manifest)
            try? write(state.manifest)
            return CollaGANError(problem.code, path: problem.path, message)
        }
    }

    /// Abandons the patients under way, for good: nothing is written after this.
    /// - Parameter leave: called last, must not return.
    func interrupt(_ leave: (RunManifest) -> Never) -> Never {
        state.withLock { state in
            guard state.manifest.state == .running else { leave(state.manifest) }
            abandon(&state, .interrupted)
            try? state.cohort?.writePage(state.manifest)
            try? write(state.manifest)
            leave(state.manifest)
        }
    }

    private func abandon(_ state: inout State, _ end: RunManifest.State) {
        state.stage?.abandon()
        state.stage = nil
        for index in state.manifest.patients.indices where state.manifest.patients[index].status == .running {
            state.manifest.patients[index].status = .pending
        }
        close(&state, end)
    }

    private func close(_ state: inout State, _ end: RunManifest.State) {
        state.manifest.state = end
        state.manifest.finished = Wording.now()
        state.manifest.seconds = Self.seconds(since: start)
    }

    /// Notes what became of a patient, in the files about all patients first: where these cannot be written, nothing is noted.
    private static func settle(
        _ state: inout State, _ index: Int, _ status: RunManifest.Status, reason: String? = nil, files: [String] = [],
        warnings: [ResultWarning] = [], record: PatientRecord? = nil
    ) throws(CollaGANError) {
        var manifest = state.manifest
        manifest.patients[index].status = status
        manifest.patients[index].reason = reason
        manifest.patients[index].seconds = state.begun[index].map(Self.seconds)
        manifest.patients[index].files = files
        manifest.patients[index].warnings = warnings
        try state.cohort?.settle(index, record, manifest)
        state.manifest = manifest
        state.begun[index] = nil
    }

    /// - Parameter index: the only patient whose entry changes; nil for any.
    private func update(_ index: Int?, _ change: (inout State) throws(CollaGANError) -> Void) throws(CollaGANError) {
        try state.withLock { state throws(CollaGANError) in
            try change(&state)
            if let index, !state.entries.isEmpty {
                state.entries[index] = try JSONFile.fragment(state.manifest.patients[index], depth: 2)
            } else {
                state.entries = try state.manifest.fragments()
            }
            try write(state.manifest, entries: state.entries)
        }
    }

    private func write(_ manifest: RunManifest, entries: [String]? = nil) throws(CollaGANError) {
        try folder.write(JSONFile.object(manifest.fields(entries: entries)), to: name)
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let parts = (ContinuousClock.now - start).components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        return (seconds * 1000).rounded() / 1000
    }
}

extension Interruption {
    /// Abandons the patients in work and says how to go on.
    /// - Parameters:
    ///   - journal: nil until the run has one.
    ///   - isPreprocessedFirst: whether another interruption speaks before the journal is there.
    ///   - overwrites: whether the same command would begin again.
    init(
        of journal: Locked<RunJournal?>, in folder: OutputFolder, isPreprocessedFirst: Bool = false, overwrites: Bool,
        _ console: Console
    ) {
        self.init { _, leave in
            guard let journal = journal.withLock({ $0 }) else {
                if !isPreprocessedFirst {
                    console.error("interrupted before the first patient; run the same command again")
                }
                folder.release()
                leave()
            }
            journal.interrupt { manifest in
                let done = manifest.counts["done", default: 0]
                console.error(
                    "interrupted: \(done) of \(manifest.patients.count) patients done; run the same command again"
                        + (overwrites ? " without --overwrite" : "") + " to finish the rest")
                folder.release()
                leave()
            }
        }
    }
}
