import CollaGAN
import NeuralNet
import Preprocessing
import Tensors
import Testing

@Suite struct SamplingTests {
    /// Three patients of two sites: A has one of 12 slices and one of 3, B one of 3; a1's images are brightest.
    private static let patients = [("A_1", 12, 3), ("A_2", 3, 2), ("B_1", 3, 1)].map { name, slices, level in
        var stack = syntheticStack(seed: 1, slices: slices)
        stack.images = stack.images.map { image in image.map { $0.map { $0 > 0 ? Float(level) / 10 : 0 } } }
        return TrainingPatient(name: name, stack: stack)
    }

    private func configuration(_ change: (inout TrainingConfiguration) -> Void) -> TrainingConfiguration {
        var configuration = tinyConfiguration()
        configuration.augmentation = .none
        change(&configuration)
        return configuration
    }

    /// How often each patient is drawn of 600 samples, and how often each target.
    private func draws(
        _ configuration: TrainingConfiguration, of patients: [TrainingPatient] = patients
    ) throws -> (patients: [Int], targets: [Int]) {
        let sampler = try TrainingSampler(patients, configuration)
        var random = SeededGenerator(seed: 3)
        var (drawn, targets) = ([0, 0, 0, 0], [0, 0, 0, 0])
        for _ in 0..<600 {
            let sample = try sampler.draw(using: &random)
            drawn[Int(10 * (sample.images[sample.target]?.array().max() ?? 0) + 0.5)] += 1
            targets[sample.target] += 1
        }
        return ([drawn[3], drawn[2], drawn[1]], targets)
    }

    // Shares are known to about 20 of 600 (one standard deviation 12); limits are four of them.
    private func isNear(_ counts: [Int], _ expected: [Int]) -> Bool {
        zip(counts, expected).allSatisfy { abs($0 - $1) < 50 }
    }

    @Test func everySliceSubjectOrSiteIsEquallyLikely() throws {
        let bySlice = try draws(configuration { _ in }).patients
        #expect(isNear(bySlice, [400, 100, 100]), "\(bySlice)")
        let bySubject = try draws(configuration { $0.sampling.by = .subject }).patients
        #expect(isNear(bySubject, [200, 200, 200]), "\(bySubject)")
        let bySite = try draws(configuration { ($0.sampling.by, $0.sampling.site) = (.site, "^[A-Z]") }).patients
        #expect(isNear(bySite, [150, 150, 300]), "\(bySite)")
    }

    @Test func whatIsGivenOnlyIsNeverImputed() throws {
        let only = configuration { $0.sampling.inputsOnly = ["A_1": ["T2"], "A_2": ["T2"], "B_1": ["T2", "T1"]] }
        let targets = try draws(only).targets
        #expect(targets[2] == 0 && targets[0] > 0 && targets[1] > targets[0], "\(targets)")
        var random = SeededGenerator(seed: 5)
        let sample = try TrainingSampler(Self.patients, only).draw(using: &random)
        #expect(!sample.targets.contains(2) && sample.targets.contains(sample.target) && sample.images[2] != nil)
    }

    @Test func whatIsGivenOnlyIsNotFittedEither() throws {
        let training = try Training()
        training.configuration.sampling.inputsOnly = ["a": ["T2"], "b": ["T2", "FLAIR"]]
        try training.run()
        let regressions = try CollaGANModel.load(training.path(Trainer.modelName)).description.regressions
        #expect(!regressions.contains { $0.target == 2 } && regressions.contains { $0.target == 3 })
        #expect(regressions.contains { $0.target == 0 && $0.inputs.contains(2) })
    }

    @Test func onlyWhatIsGivenIsVaried() throws {
        let varied = configuration { $0.inputVariation.gain = 0.5 }
        let sampler = try TrainingSampler(Self.patients, varied)
        var random = SeededGenerator(seed: 5)
        let sample = try sampler.draw(using: &random)
        let levels = Set(sample.images.compactMap { $0?.array().max() })
        #expect(levels.count == 1 && levels.isSubset(of: [0.1, 0.2, 0.3]))
        #expect(Set(sample.given.compactMap { $0?.array().max() }).count == 4)
    }

    @Test func misunderstandingsAreRefused() throws {
        #expect(throws: ModelError.self) { try configuration { $0.sampling.by = .site }.validate() }
        #expect(throws: ModelError.self) {
            try configuration { ($0.sampling.by, $0.sampling.site) = (.site, "(") }.validate()
        }
        for change: (inout TrainingConfiguration) -> Void in [
            { ($0.sampling.by, $0.sampling.site) = (.site, "^A") }, { $0.sampling.inputsOnly = ["A_1": ["T3"]] },
        ] {
            #expect(throws: ModelError.self) { try TrainingSampler(Self.patients, configuration(change)) }
        }
    }
}
