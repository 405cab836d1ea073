import CollaGAN
import Foundation
import NeuralNet
import Synchronization
import TestSupport
import Testing

/// Killed between any two changes of files, a training goes on to the same bits.
@Suite struct CheckpointKillTests {
    /// Lets so many changes through, and none after: what a killed process would have left.
    private final class Gate: Sendable {
        private let seen = Mutex<[FileChange]>([])
        private let last: Int

        init(last: Int) { self.last = last }

        var changes: [FileChange] { seen.withLock { $0 } }

        func run(_ body: () throws -> Void) rethrows {
            try FileChange.gated(
                by: { change in
                    self.seen.withLock { seen in
                        guard seen.count < self.last else { return false }
                        seen.append(change)
                        return true
                    }
                }, body)
        }
    }

    private func training() throws -> Training {
        let training = try Training()
        (training.configuration.checkpoints.every, training.configuration.checkpoints.keep) = (1, 1)
        (training.configuration.validation.every, training.configuration.validation.slices) = (1, 1)
        (training.configuration.steps, training.configuration.reconstructionFirstSteps) = (2, 1)
        training.configuration.classifierFirstSteps = 0
        training.validation = [syntheticPatient("c", seed: 3)]
        return training
    }

    @Test func stoppedAfterEveryChangeTheBitsAreTheSame() throws {
        let whole = try training()
        let all = Gate(last: .max)
        try all.run { try whole.run() }
        let changes = all.changes
        let names = [Trainer.modelName, Trainer.bestName, "checkpoints/step-00000002.safetensors"]
        let expected = try names.map(whole.data)

        // Of the many pieces that a file is written in the first, one in the middle and the last.
        var stops: [Int] = []
        var index = 0
        for run in changes.chunked() {
            stops +=
                run.change == .write
                ? [index + 1, index + run.count / 2, index + run.count] : Array(index + 1...index + run.count)
            index += run.count
        }
        #expect(Set(changes) == [.create, .write, .flush, .rename, .remove] && stops.last == changes.count)
        for stop in [0] + Set(stops).sorted() where stop < changes.count {
            let killed = try training()
            let gate = Gate(last: stop)
            try? gate.run { try killed.run() }
            #expect(gate.changes == Array(changes.prefix(stop)), "the same up to change \(stop)")
            try killed.run(resume: Trainer.hasCheckpoint(in: killed.folder.path))
            #expect(killed.warnings.isEmpty)
            #expect(try names.map(killed.data).map(weights) == expected.map(weights), "after change \(stop)")
            #expect(killed.checkpoints == whole.checkpoints, "after change \(stop)")
        }
    }

    /// Everything but the time that a checkpoint tells.
    private func weights(_ data: Data) throws -> [String: Safetensors.Entry] {
        let folder = try Scratch()
        let path = folder.file("weights")
        try data.write(to: URL(filePath: path))
        return try Safetensors.read(path, needsChecksum: true).tensors
    }
}

extension [FileChange] {
    /// Changes of one kind in a row, counted.
    fileprivate func chunked() -> [(change: FileChange, count: Int)] {
        reduce(into: []) { runs, change in
            if runs.last?.change == change { runs[runs.count - 1].count += 1 } else { runs.append((change, 1)) }
        }
    }
}
