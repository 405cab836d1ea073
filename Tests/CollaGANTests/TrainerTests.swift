import CollaGAN
import Foundation
import Metrics
import NeuralNet
import Tensors
import TestSupport
import Testing

/// Serialized: the number of threads belongs to the whole process.
@Suite(.serialized) struct TrainerTests {
    private let patients = [
        syntheticPatient("a", seed: 1), syntheticPatient("b", seed: 2, missing: [1]),
    ]

    private func train(
        _ configuration: TrainingConfiguration, in folder: URL, resume: Bool = false, stopAfter: Int = .max
    ) throws -> (finished: Bool, reports: [TrainingProgress], model: Data) {
        let trainer = try Trainer(configuration, patients: patients, outputFolder: folder.path, resume: resume)
        var (steps, reports) = (0, [TrainingProgress]())
        let finished = try trainer.run(
            reportEvery: 1,
            isCancelled: {
                steps += 1
                return steps >= stopAfter
            }, report: { if case .progress(let progress) = $0 { reports.append(progress) } })
        return (finished, reports, try Data(contentsOf: folder.appending(path: Trainer.modelName)))
    }

    @Test func aStoppedTrainingResumesToTheSameBits() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (whole, parts) = (folder.appending(path: "whole"), folder.appending(path: "parts"))
        for url in [whole, parts] {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        var configuration = tinyConfiguration()
        configuration.batch = 2
        let uninterrupted = try train(configuration, in: whole)
        #expect(uninterrupted.finished)
        #expect(
            uninterrupted.reports.map(\.phase) == [
                .classifier, .reconstruction, .reconstruction, .full, .full, .full,
            ])
        for stop in [1, 2, 2] {
            #expect(try !train(configuration, in: parts, resume: stop != 1, stopAfter: stop).finished)
        }
        let resumed = try train(configuration, in: parts, resume: true)
        #expect(resumed.finished && resumed.reports.map(\.phase) == [.full])
        #expect(resumed.model == uninterrupted.model)
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let models = try [1, 2, 3].map { threads in
            try Parallel.withThreads(threads) { try train(tinyConfiguration(), in: folder).model }
        }
        #expect(models[0] == models[1] && models[1] == models[2])
    }

    @Test func aModelLearnsWhatTheContrastsShare() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = tinyConfiguration()
        (configuration.classifierFirstSteps, configuration.reconstructionFirstSteps) = (0, 600)
        (configuration.steps, configuration.inputDropout) = (600, 0)
        (configuration.optimiser.rate, configuration.optimiser.decay) = (5e-3, .linear)
        configuration.averaging = 0.98
        configuration.augmentation = .none
        configuration.seed = Spread.seed(configuration.seed)
        _ = try train(configuration, in: folder)
        let imputer = Imputer(try CollaGANModel.load(folder.appending(path: Trainer.modelName).path))
        let stack = try patients[0].stack()
        // Against the best image that knows nothing of the other contrasts: the target's mean everywhere in the brain.
        let ratios = try (0..<4).map { target in
            let truth = stack.images[target]!
            let inside = zip(truth, stack.brain).filter(\.1).map(\.0)
            let mean = inside.reduce(0, +) / Float(inside.count)
            let image = try #require(try imputer.impute(stack, target: target))
            return ImageMetrics.nmse(truth: truth, imputed: image)
                / ImageMetrics.nmse(truth: truth, imputed: stack.brain.map { $0 ? mean : 0 })
        }
        #expect(Spread.isWithin(ratios.reduce(0, +) / 4, 0.6, "mean error against a constant after 600 steps"))
    }

    @Test func aModelCarriesScalesRegressionsAndProvenance() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try train(tinyConfiguration(), in: folder)
        let description = try CollaGANModel.load(folder.appending(path: Trainer.modelName).path).description
        #expect(description.referenceScales == [100, 100, 100, 100])
        #expect(description.regressions.count == 4 * 7)
        #expect(description.provenance["patients"] == "a,b")
        // T2 is 1.1 − T1 in these patients.
        let regression = try #require(description.regressions.first { $0.target == 2 && $0.inputs == [0] })
        #expect(abs(regression.coefficients[0] - 1.1) < 1e-3)
        #expect(abs(regression.coefficients[1] + 1) < 1e-2)
    }

    @Test func resumingRefusesWhatDoesNotBelongTogether() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: ModelError.self) { try train(tinyConfiguration(), in: folder, resume: true) }
        _ = try train(tinyConfiguration(), in: folder, stopAfter: 1)
        var other = tinyConfiguration()
        other.seed = 9
        let refusal = #expect(throws: ModelError.self) { try train(other, in: folder, resume: true) }
        #expect(refusal?.code == .configuration)
    }

    @Test func patientsWithoutAPairOfContrastsAreRefused() throws {
        let alone = syntheticPatient("alone", seed: 1, missing: [1, 2, 3])
        let refusal = #expect(throws: ModelError.self) {
            try Trainer(tinyConfiguration(), patients: [alone], outputFolder: "/nonexistent", resume: false)
        }
        #expect(refusal?.code == .data)
    }
}
