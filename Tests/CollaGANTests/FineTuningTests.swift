import CollaGAN
import Foundation
import NeuralNet
import OperationCases
import TestSupport
import Testing

/// Trainings that start from a model: how they go on, and what is refused.
@Suite struct FineTuningTests {
    private func origin() throws -> CollaGANModel {
        try Trainer(
            shortConfiguration(), patients: [syntheticPatient("a", seed: 1)], outputFolder: "/nonexistent",
            resume: false
        ).model()
    }

    /// A training that starts from `model`.
    private func training(from model: CollaGANModel, _ contrasts: [String]? = nil) throws -> Training {
        let training = try Training()
        training.configuration = shortConfiguration()
        if let contrasts { training.configuration.contrasts = contrasts }
        try training.configuration.start(
            from: model, sha256: "0", given: contrasts == nil ? [] : [.contrasts])
        training.origin = model
        return training
    }

    private func model(_ training: Training) throws -> CollaGANModel {
        try CollaGANModel.load(training.path(Trainer.modelName))
    }

    @Test func itGoesOnFromTheModel() throws {
        let origin = try origin()
        let training = try training(from: origin)
        (training.configuration.steps, training.configuration.optimiser.rate) = (1, 1e-6)
        try training.run()
        let stack = syntheticStack(seed: 9)
        for target in 0..<4 {
            let (before, after) = (
                try #require(try Imputer(origin).impute(stack, target: target)),
                try #require(try Imputer(model(training)).impute(stack, target: target))
            )
            let change = relativeError(after, before.map(Double.init))
            #expect(change > 0 && Spread.isWithin(change, 1e-3, "a small step from a model"))
        }
    }

    @Test func aNewEncoderLearns() throws {
        let training = try training(from: origin(), ["T1", "PD", "T1Gd", "T2", "FLAIR"])
        training.patients = [try withPD("c", seed: 3), try withPD("d", seed: 4)]
        training.configuration.inputDropout = 0
        let before = try tensors(
            Trainer(
                training.configuration, patients: training.patients, from: training.origin,
                outputFolder: training.folder.path, resume: false
            ).model())
        #expect(try training.run())
        let after = try tensors(model(training))
        for name in ["encoder.1.level0.conv1.weight", "encoder.1.level3.down.weight", "skip.weight", "head.weight"] {
            let isOther = before["generator.\(name)"] != after["generator.\(name)"]
            #expect(isOther, "\(name)")
        }
        let description = try model(training).description
        #expect(description.contrasts.count == 5 && description.ngf == 8 && description.encoderWidth == 2)
    }

    @Test func aStoppedOneResumesToTheSameBits() throws {
        let (whole, parts) = (try training(from: origin(), ["T2", "T1"]), try training(from: origin(), ["T2", "T1"]))
        for training in [whole, parts] {
            training.patients = try ["a", "b"].enumerated().map {
                try reordered(syntheticPatient($1, seed: UInt64($0)), ["T2", "T1"])
            }
        }
        #expect(try whole.run())
        #expect(try !parts.run(stopAt: 1))
        #expect(try parts.run(resume: true))
        #expect(try parts.data(Trainer.modelName) == whole.data(Trainer.modelName))
    }

    @Test func resumingFromAnotherModelOrNoneIsRefused() throws {
        let training = try training(from: origin())
        try training.run(stopAt: 1)
        let kept = training.configuration
        training.configuration.start?.model?.sha256 = "1"
        let other = #expect(throws: ModelError.self) { try training.run(resume: true) }
        #expect(other?.code == .configuration && other?.message.contains("short (0)") == true)
        training.configuration.start = nil
        let none = #expect(throws: ModelError.self) { try training.run(resume: true) }
        #expect(none?.code == .configuration && none?.message.contains("short (0)") == true)
        (training.configuration, training.origin) = (kept, nil)
        #expect(throws: ModelError.self) { try training.run(resume: true) }
    }

    @Test(arguments: [
        (#"{"ngf": 12}"#, "ngf: 12 is given, but short, which it starts from, has 8"),
        (#"{"encoderWidth": 3}"#, "encoderWidth: 3 is given, but short, which it starts from, has 2"),
        (#"{"spacing": 0.9}"#, "spacing: 0.9 is given, but short, which it starts from, has 1.0"),
        (
            #"{"normalisation": "percentile"}"#,
            "normalisation: percentile is given, but short, which it starts from, has mean"
        ),
        (#"{"regressionSkip": false}"#, "regressionSkip: false is given, but short, which it starts from, has true"),
        (#"{"contrasts": ["PD", "ADC"]}"#, "knows none of PD, ADC, only T1, T1Gd, T2, FLAIR"),
        (
            #"{"start": {"model": {"name": "other", "sha256": "9", "encoders": []}}}"#,
            "other (9) is given, but it starts from short (0)"
        ),
    ])
    func whatTheModelContradictsIsRefused(_ json: String, _ says: String) throws {
        var configuration = try JSONDecoder().decode(TrainingConfiguration.self, from: Data(json.utf8))
        let key = try #require(
            TrainingConfiguration.CodingKeys(rawValue: String(json.dropFirst(2).prefix { $0 != "\"" })))
        let origin = try origin()
        let refusal = #expect(throws: ModelError.self) {
            try configuration.start(from: origin, sha256: "0", given: [key])
        }
        #expect(refusal?.code == .configuration && refusal?.message.contains(says) == true, "\(refusal?.message ?? "")")
    }

    @Test func whatIsNotGivenIsTheModels() throws {
        var configuration = TrainingConfiguration()
        configuration.crop = ModelDescription.Crop(height: 112, width: 128)
        try configuration.start(from: origin(), sha256: "0", given: [.crop])
        #expect(configuration.ngf == 8 && configuration.encoderWidth == 2 && configuration.hasRegressionBranch)
        #expect(configuration.crop == ModelDescription.Crop(height: 112, width: 128))
        let start = try #require(configuration.start)
        #expect(start.scales == .refit && start.skip == .keep && start.model?.description == "short (0)")
        try configuration.validate()
        let again = try JSONDecoder().decode(TrainingConfiguration.self, from: JSONEncoder().encode(configuration))
        #expect(again == configuration)
    }
}
