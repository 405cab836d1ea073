import CollaGAN
import Foundation
import Metrics
import NeuralNet
import Preprocessing
import TestSupport
import Testing

@Suite struct ValidationTests {
    private let held = [syntheticPatient("c", seed: 3), syntheticPatient("d", seed: 4, slices: 5, missing: [3])]

    private func training() throws -> Training {
        let training = try Training()
        training.validation = held
        training.configuration.validation.every = 2
        return training
    }

    private func generator(_ file: String) throws -> [String: Safetensors.Entry] { try Safetensors.read(file).tensors }

    @Test func watchingChangesNoBit() throws {
        let (watched, blind) = (try training(), try Training())
        blind.configuration.validation.every = 2
        try watched.run()
        try blind.run()
        #expect(watched.validations.map(\.step) == [2, 4, 6] && blind.validations.isEmpty)
        #expect(try generator(watched.path(Trainer.modelName)) == generator(blind.path(Trainer.modelName)))
        #expect(!blind.exists(Trainer.bestName))
        let first = try #require(watched.checkpoints.last)
        let path = "checkpoints/\(first)"
        #expect(try generator(watched.path(path)) == generator(blind.path(path)))
    }

    /// The same numbers from what is written: the kept model, and method.md §6 by hand.
    @Test func theBestModelIsTheOneThatWasScored() throws {
        let training = try training()
        try training.run()
        let best = try #require(training.validations.last { $0.isBest })
        #expect(best.mean == training.validations.compactMap(\.mean).min())
        let model = try CollaGANModel.load(training.path(Trainer.bestName))
        #expect(model.description.provenance["steps"] == "\(best.step)")
        #expect(model.description.provenance["validation"] == "c,d")
        #expect(!model.description.selfCheck.isEmpty)
        let imputer = Imputer(model)
        for target in 0..<4 {
            let errors = try held.compactMap { patient -> Double? in
                let stack = try patient.stack()
                guard let truth = stack.images[target] else { return nil }
                let image = try #require(try imputer.impute(stack, target: target))
                let unit = stack.metricUnit(target)
                return ImageMetrics.nmse(
                    truth: Normalisation.metrics(truth, unit), imputed: Normalisation.metrics(image, unit))
            }
            let score = try #require(best.scores[target])
            #expect(score.patients == errors.count && errors.count == (target == 3 ? 1 : 2))
            #expect(abs((score.nmse ?? .nan) - errors.reduce(0, +) / Double(errors.count)) < 1e-9)
        }
    }

    /// T2 is 1.1 − T1 in these patients: a regression finds it.
    @Test func baselinesAreThoseOfTheMethod() throws {
        let training = try training()
        try training.run()
        guard case .baselines(let baselines)? = training.events.first else {
            Issue.record("no baselines")
            return
        }
        #expect(baselines.zeroFill.allSatisfy { abs(($0?.nmse ?? .nan) - 1) < 1e-12 })
        #expect((baselines.regression[2]?.nmse ?? 1) < 1e-6)
        let copies = zip(baselines.copy, baselines.zeroFill).map { ($0?.nmse ?? .nan, $1?.nmse ?? .nan) }
        #expect(copies.allSatisfy { $0.0 > 0 && $0.0 < $0.1 })
        #expect(baselines.copied.allSatisfy { !$0.isEmpty })
        #expect(baselines.acquired.patient == "c", "the one who has all contrasts")
        #expect(baselines.acquired.images.allSatisfy { $0?.grid.size.z == 2 })
    }

    @Test func aStopDuringValidationIsMadeUpFor() throws {
        let (whole, parts) = (try training(), try training())
        whole.configuration.checkpoints.every = 2
        parts.configuration.checkpoints.every = 2
        try whole.run()
        let scores = whole.validations.map(\.scores)
        var seen: [Int: [ValidationScore?]] = [:]
        var runs = 0
        for stop in 2..<30 {
            runs += 1
            let finished = try parts.run(resume: runs > 1, stopAt: stop)
            for result in parts.validations {
                #expect(seen[result.step] == nil, "each is told once")
                seen[result.step] = result.scores
            }
            if finished { break }
        }
        #expect(runs > 3)
        #expect([2, 4, 6].map { seen[$0] } == scores)
        for name in [Trainer.modelName, Trainer.bestName] {
            #expect(try parts.data(name) == whole.data(name))
        }
    }

    @Test func aFewSlicesAreEnough() throws {
        let training = try training()
        training.configuration.validation.slices = 1
        try training.run()
        #expect(training.validations.last?.imputed.brain.grid.size.z == 1)
    }

    @Test func patientsThatCannotServeAreRefused() throws {
        let training = try Training()
        training.validation = [syntheticPatient("c", seed: 3, missing: [0, 1, 2])]
        #expect(#expect(throws: ModelError.self) { try training.run() }?.code == .data)
        training.validation = [syntheticPatient("a", seed: 1)]
        #expect(#expect(throws: ModelError.self) { try training.run() }?.message.contains("both") == true)
    }
}
