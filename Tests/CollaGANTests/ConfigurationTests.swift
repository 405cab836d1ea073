import CollaGAN
import Foundation
import NeuralNet
import Testing

@Suite struct ConfigurationTests {
    private func refusal(_ change: (inout TrainingConfiguration) -> Void) -> ModelError? {
        var configuration = TrainingConfiguration()
        change(&configuration)
        return #expect(throws: ModelError.self) { try configuration.validate() }
    }

    @Test func valuesThatDoNotMakeSenseAreRefusedByName() {
        #expect(refusal { $0.ngf = 18 }?.message.contains("ngf") == true)
        #expect(refusal { $0.crop.height = 100 }?.message.contains("crop") == true)
        #expect(refusal { $0.crop.width = 80 }?.message.contains("crop") == true)
        #expect(refusal { $0.contrasts = ["T1", "T1"] }?.message.contains("contrasts") == true)
        #expect(refusal { $0.steps = 0 }?.message.contains("steps") == true)
        #expect(refusal { $0.weights.cycle = -1 }?.message.contains("weights") == true)
        #expect(refusal { $0.optimiser.rate = .nan }?.message.contains("optimiser") == true)
        #expect(refusal { $0.reconstructionFirstSteps = 5 }?.message.contains("reconstruction") == true)
    }

    @Test(arguments: [
        (TrainingConfiguration.Optimiser.Decay.constant, [8, 8, 8, 8, 8] as [Float]), (.linear, [8, 6, 4, 2, 0]),
        (.late, [8, 8, 8, 4, 0]), (.exponential, [8, 4, 2, 1, 0.5]),
    ])
    func ratesFallAsTheySay(_ decay: TrainingConfiguration.Optimiser.Decay, _ expected: [Float]) {
        var optimiser = TrainingConfiguration.Optimiser()
        (optimiser.rate, optimiser.decay, optimiser.factor, optimiser.every) = (8, decay, 0.5, 25)
        #expect([0, 25, 50, 75, 100].map { optimiser.rate(at: $0, of: 100) } == expected)
    }

    @Test func missingKeysTakeTheDefaults() throws {
        let json = Data(#"{"ngf": 32, "weights": {"reconstruction": 3}, "optimiser": {"decay": "linear"}}"#.utf8)
        let configuration = try JSONDecoder().decode(TrainingConfiguration.self, from: json)
        var expected = TrainingConfiguration()
        expected.ngf = 32
        expected.weights.reconstruction = 3
        expected.optimiser.decay = .linear
        #expect(configuration == expected)
        #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: JSONEncoder().encode(expected)) == expected)
    }
}
