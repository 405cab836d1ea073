import CollaGAN
import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite struct CheckpointTests {
    private func training(keep: Int = 3) throws -> Training {
        let training = try Training()
        (training.configuration.checkpoints.every, training.configuration.checkpoints.keep) = (1, keep)
        return training
    }

    private func name(_ step: Int) -> String { "checkpoints/step-0000000\(step).safetensors" }

    @Test func theLastOnesAreKept() throws {
        let training = try training(keep: 2)
        try training.run()
        #expect(training.checkpoints == ["step-00000005.safetensors", "step-00000006.safetensors"])
        let told = training.events.compactMap { if case .checkpoint(let step, _) = $0 { step } else { nil } }
        #expect(told == Array(1...6))
    }

    /// Whatever is damaged, the training goes on from before and ends in the same bits.
    @Test func aDamagedCheckpointFallsBackToTheOneBefore() throws {
        let training = try training()
        try training.run()
        let whole = try training.data(Trainer.modelName)
        let damages: [(Data) -> Data] = [
            { $0.prefix(5000) }, { _ in Data() },
            { data in
                var data = data
                data[data.count - 9] ^= 4
                return data
            },
            { data in
                var data = data
                if let place = data.range(of: Data(#"\"step\":"#.utf8)) { data[place.upperBound] = 0x39 }
                return data
            },
        ]
        for (index, damage) in damages.enumerated() {
            for step in [6, 5].prefix(index % 2 + 1) {
                try damage(training.data(name(step))).write(to: URL(filePath: training.path(name(step))))
            }
            #expect(try training.run(resume: true))
            #expect(training.warnings.count == index % 2 + 1 && training.warnings[0].contains("step-00000006"))
            #expect(try training.data(Trainer.modelName) == whole)
            #expect(training.checkpoints.count == 3)
        }
    }

    @Test func whereAllAreDamagedThereIsAReason() throws {
        let training = try training(keep: 1)
        try training.run()
        try Data("no".utf8).write(to: URL(filePath: training.path(name(6))))
        let refusal = #expect(throws: ModelError.self) { try training.run(resume: true) }
        #expect(refusal?.code == .malformed && refusal?.message.contains("step-00000006") == true)
    }

    @Test func checkpointsOfACourseThatWasLeftGo() throws {
        let training = try training(keep: 3)
        try training.run()
        // Damaged, and beyond the step at which the training is stopped again.
        for step in [5, 6] { try Data().write(to: URL(filePath: training.path(name(step)))) }
        #expect(try !training.run(resume: true, stopAt: 1))
        #expect(training.checkpoints.last == "step-00000005.safetensors")
        #expect(try Safetensors.read(training.path(name(5)), needsChecksum: true).tensors.isEmpty == false)
    }

    @Test func aNewTrainingClearsTheOld() throws {
        let training = try training()
        try training.run()
        training.configuration.seed = 5
        training.configuration.checkpoints.every = 4
        try training.run()
        #expect(training.checkpoints == ["step-00000004.safetensors", "step-00000006.safetensors"])
    }

    @Test func otherHeldOutPatientsAreRefused() throws {
        let training = try training()
        try training.run()
        training.validation = [syntheticPatient("c", seed: 3)]
        let refusal = #expect(throws: ModelError.self) { try training.run(resume: true) }
        #expect(refusal?.code == .configuration)
    }
}
