import CollaGAN
import Files
import Foundation
import NeuralNet
import Synchronization
import TestSupport
import Testing

/// Killed between any two changes of files, a training goes on to the same bits.
@Suite struct CheckpointKillTests {
    /// Lets so many changes through, and none after: what a killed process would have left.
    private final class Gate: Sendable {
        private let seen = Mutex<[Disk.Change]>([])
        private let last: Int

        init(last: Int) { self.last = last }

        /// What was changed, without the folder.
        func changes(in folder: URL) -> [String] {
            seen.withLock { $0.map { "\($0)".replacing(folder.path, with: "") } }
        }

        func run(_ body: () throws -> Void) rethrows {
            let disk = Disk { change in
                self.seen.withLock { seen in
                    guard seen.count < self.last else { return EIO }
                    seen.append(change)
                    return nil
                }
            }
            try Disk.$current.withValue(disk, operation: body)
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
        let changes = all.changes(in: whole.folder)
        let names = [Trainer.modelName, Trainer.bestName, "checkpoints/step-00000002.safetensors"]
        let expected = try names.map(whole.data)
        for kind in ["create", "fill", "rename", "remove"] { #expect(changes.contains { $0.hasPrefix(kind) }) }
        for stop in changes.indices {
            let killed = try training()
            let gate = Gate(last: stop)
            try? gate.run { try killed.run() }
            #expect(gate.changes(in: killed.folder) == Array(changes.prefix(stop)), "the same up to change \(stop)")
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
