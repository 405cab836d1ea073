import CollaGAN
import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite struct DivergenceTests {
    @Test func aLossThatIsNoNumberStopsTheTraining() throws {
        let training = try Training()
        var stack = syntheticStack(seed: 1)
        stack.images[0]![96 * 48 + 48] = .nan
        training.patients = [TrainingPatient(name: "a", stack: stack)]
        (training.configuration.steps, training.configuration.classifierFirstSteps) = (40, 0)
        let refusal = #expect(throws: ModelError.self) { try training.run() }
        #expect(refusal?.code == .diverged)
        #expect(refusal?.message.contains("nothing was saved yet") == true)
        #expect(!training.exists(Trainer.modelName) && training.checkpoints.isEmpty)
    }

    /// Whatever the terms: it stops soon, says what to change, and what is kept is sound.
    @Test(arguments: [false, true])
    func anAbsurdRateStopsTheTraining(_ isAdversarial: Bool) throws {
        let training = try Training()
        training.configuration.steps = 400
        training.configuration.classifierFirstSteps = 0
        training.configuration.reconstructionFirstSteps = 0
        training.configuration.inputDropout = 0
        if !isAdversarial {
            (training.configuration.weights.cycle, training.configuration.weights.ssim) = (0, 0)
            (training.configuration.weights.adversarial, training.configuration.weights.classification) = (0, 0)
        }
        training.configuration.checkpoints.every = 1
        training.configuration.optimiser.rate = 1e6
        let refusal = #expect(throws: ModelError.self) { try training.run() }
        #expect(refusal?.code == .diverged)
        #expect(refusal?.message.contains("optimiser.rate") == true)
        for name in training.checkpoints {
            let file = try Safetensors.read(
                training.path("checkpoints/\(name)"), needsChecksum: true)
            #expect(file.tensors.values.allSatisfy { $0.values.allSatisfy(\.isFinite) })
        }
        if training.exists(Trainer.modelName) {
            _ = try CollaGANModel.load(training.path(Trainer.modelName))
        }
    }

    /// Images a thousand times as bright as normalised ones.
    @Test func lossesThatExplodeStopTheTraining() throws {
        let training = try Training()
        training.configuration = reconstruction(steps: 150)
        try training.run()
        #expect(training.checkpoints.count == 1)

        let bright = try Training()
        bright.configuration = reconstruction(steps: 150)
        bright.patients = try bright.patients.map { patient in
            var stack = try patient.stack()
            stack.images = stack.images.map { $0.map { $0.map { $0 * 1000 } } }
            return TrainingPatient(name: patient.name, stack: stack)
        }
        let refusal = #expect(throws: ModelError.self) { try bright.run() }
        #expect(refusal?.code == .diverged && refusal?.message.contains("last 100 updates") == true)
    }

    private func reconstruction(steps: Int) -> TrainingConfiguration {
        var configuration = tinyConfiguration()
        configuration.classifierFirstSteps = 0
        (configuration.steps, configuration.reconstructionFirstSteps) = (steps, steps)
        configuration.checkpoints.every = 1000
        return configuration
    }
}
