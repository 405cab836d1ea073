import CollaGAN
import Foundation
import Metrics
import NeuralNet
import TestSupport
import Testing

/// Every method is trained, stopped, resumed and used by the same trainer.
@Suite struct MethodTrainingTests {
    /// A training that is over in seconds.
    private func training(_ method: MethodName) throws -> Training {
        let training = try Training()
        training.configuration = tinyConfiguration(method)
        training.validation = [syntheticPatient("c", seed: 3)]
        return training
    }

    private func tensors(_ training: Training) throws -> [String: Safetensors.Entry] {
        try Safetensors.read(training.path(Trainer.modelName)).tensors
    }

    @Test(arguments: MethodName.others) func stoppedAnywhereTheBitsAreTheSame(_ method: MethodName) throws {
        let whole = try training(method)
        #expect(try whole.run())
        let expected = try tensors(whole)
        for question in [3, 7] {
            let stopped = try training(method)
            #expect(try !stopped.run(stopAt: question))
            #expect(try stopped.run(resume: true))
            #expect(stopped.warnings.isEmpty)
            #expect(try tensors(stopped) == expected, "stopped at question \(question)")
            let (own, other) = try (Self.description(stopped), Self.description(whole))
            #expect(own == other)
        }
    }

    private static func description(_ training: Training) throws -> ModelDescription {
        try CollaGANModel.load(training.path(Trainer.modelName)).description
    }

    @Test(arguments: MethodName.others.filter { $0.kind.takesOneInput })
    func theModelMakesEveryContrastOfItsBestSource(_ method: MethodName) throws {
        let training = try training(method)
        try training.run()
        let model = try CollaGANModel.load(training.path(Trainer.modelName))
        #expect(model.description.method == method && model.description.blocks == 1)
        #expect(model.description.sources.map { $0.sorted() } == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
        let stack = syntheticStack(seed: 9, slices: 2)
        let imputer = Imputer(model)
        let all = try #require(try imputer.impute(stack, target: 3))
        #expect(all.allSatisfy { $0 >= 0 } && all.contains { $0 > 0 })
        #expect(try imputer.impute(stack, target: 3, inputs: [model.description.sources[3][0]]) == all)
        #expect(try imputer.impute(stack, target: 3, inputs: [model.description.sources[3][2]]) != all)
        for (target, sources) in model.description.sources.enumerated() {
            let errors = try sources.map { source in
                try training.patients.compactMap { patient -> Double? in
                    let stack = try patient.stack()
                    guard let truth = stack.images[target], stack.images[source] != nil,
                        let image = try imputer.impute(stack, target: target, inputs: [source])
                    else { return nil }
                    return ImageMetrics.nmse(truth: truth, imputed: image, where: stack.brain)
                }
            }.map { $0.reduce(0, +) / Double($0.count) }
            #expect(errors == errors.sorted(), "of \(target) from \(sources)")
        }
        let source = model.description.sources[3][1]
        let description = model.description.using(source: source)
        #expect(
            description.selfCheck.allSatisfy { description.sources[$0.target] == model.description.sources[$0.target] })
        #expect(!description.selfCheck.contains { $0.target == 3 })
        let chosen = Imputer(model.described(as: description))
        #expect(try chosen.impute(stack, target: 3) == imputer.impute(stack, target: 3, inputs: [source]))
        #expect(model.description.selfCheck.count == 12)
        #expect(try Self.description(training) == model.description)
    }

    @Test(arguments: MethodName.others) func everyGroupIsTrained(_ method: MethodName) throws {
        let training = try training(method)
        (training.configuration.averaging, training.configuration.steps) = (0, 1)
        try training.run()
        let early = try tensors(training)
        let longer = try self.training(method)
        (longer.configuration.averaging, longer.configuration.steps) = (0, 12)
        try longer.run()
        let late = try tensors(longer)
        #expect(late.keys.sorted() == early.keys.sorted())
        let moved = late.filter { $0.value != early[$0.key] }.keys
        func parts(_ names: some Sequence<String>) -> Set<Substring> { Set(names.map { $0.split(separator: ".")[1] }) }
        #expect(parts(moved) == parts(late.keys))
        #expect([.cyclegan, .pix2pix].contains(method) ? parts(moved).count == 12 : moved.count == late.count)
    }

    @Test func aFileWithoutItsNetworkIsRefused() throws {
        let training = try training(.pix2pix)
        try training.run()
        let path = training.path(Trainer.modelName)
        let sound = try Safetensors.read(path)
        func refusal(_ change: (inout Safetensors) -> Void) throws -> String {
            var file = sound
            change(&file)
            try file.write(to: path)
            return try #require(#expect(throws: ModelError.self) { try CollaGANModel.load(path) }).message
        }
        #expect(try refusal { $0.metadata["ngf"] = "512" }.contains("not a whole weight file"))
        #expect(try refusal { $0.metadata["blocks"] = "9" }.contains("not a whole weight file"))
        #expect(try refusal { $0.metadata["blocks"] = "99" }.contains("'blocks'"))
        #expect(try refusal { $0.metadata["blocks"] = nil }.contains("'blocks'"))
        #expect(try refusal { $0.metadata["sources"] = "[[1]]" }.contains("'sources'"))
        #expect(try refusal { $0.metadata["sources"] = nil }.contains("'sources'"))
        #expect(try refusal { $0.metadata["method"] = "other" }.contains("'method'"))
        #expect(try refusal { $0.metadata["method"] = "stargan" }.contains("not a whole weight file"))
        #expect(try refusal { $0.metadata["method"] = "collagan" }.contains("not a whole weight file"))
        #expect(
            try refusal { $0.tensors["generator.2to1.block0.conv2.weight"] = nil }.contains("not a whole weight file"))
    }

    @Test func aPairThatNobodyHasIsNamed() throws {
        let training = try training(.pix2pix)
        training.patients = [
            syntheticPatient("a", seed: 1, missing: [0]), syntheticPatient("b", seed: 2, missing: [1]),
        ]
        let refusal = #expect(throws: ModelError.self) { try training.run() }
        #expect(refusal?.message.contains("T1 and T1Gd") == true)
        training.configuration = try self.training(.cyclegan).configuration
        #expect(try training.run(), "CycleGAN needs no pair")
    }

    @Test func keysOfOtherMethodsAreRefused() throws {
        func refusal(
            _ method: MethodName, _ keys: Set<TrainingConfiguration.CodingKeys>,
            weights: Set<TrainingConfiguration.Weights.CodingKeys> = []
        ) -> String? {
            do {
                try TrainingConfiguration(method).requireKeys(keys, weights: weights)
                return nil
            } catch {
                return error.message
            }
        }
        #expect(refusal(.collagan, [.ssimRange, .start, .ngf], weights: [.similarity]) == nil)
        #expect(refusal(.stargan, [.generatorEvery, .blocks], weights: [.penalty]) == nil)
        #expect(
            refusal(.stargan, [.ssimRange])
                == "ssimRange: means nothing to method stargan, whose own keys are blocks, generatorEvery, ndf,"
                + " weights.adversarial, weights.classification, weights.cycle, weights.penalty; leave it out")
        #expect(refusal(.pix2pix, [], weights: [.cycle])?.hasPrefix("weights.cycle: means nothing") == true)
        #expect(refusal(.collagan, [.pool])?.hasPrefix("pool: means nothing to method collagan") == true)
    }

    @Test(arguments: MethodName.allCases) func aConfigurationSaysOnlyWhatItsMethodKnows(_ method: MethodName) throws {
        var configuration = TrainingConfiguration(method)
        configuration.steps = 77
        if method.kind.weights.contains(.adversarial) { configuration.weights.adversarial = 0.5 }
        let json = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(TrainingConfiguration.self, from: json) == configuration)
        let keys = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any]).keys
        let known = Set(keys.compactMap(TrainingConfiguration.CodingKeys.init(rawValue:)))
        #expect(known.count == keys.count)
        try configuration.requireKeys(known, weights: method.kind.weights)
        try configuration.validate()
    }
}
