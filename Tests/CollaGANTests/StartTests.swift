import CollaGAN
import Foundation
import Metrics
import NeuralNet
import OperationCases
import Preprocessing
import TestSupport
import Testing

/// Trainings that start from a model: what they begin with.
@Suite struct StartTests {
    private static let contrasts = ["T1", "T1Gd", "T2", "FLAIR"]
    /// Trained a little, so that every weight is its own.
    private static let origin = trained { _ in }
    /// The same without a regression beside the network, which would hide what the network makes.
    private static let network = trained { ($0.hasRegressionBranch, $0.seed) = (false, 2) }

    private static func trained(
        _ change: (inout TrainingConfiguration) -> Void
    ) -> Result<CollaGANModel, any Error> {
        Result {
            let training = try Training()
            training.configuration = shortConfiguration()
            change(&training.configuration)
            try training.run()
            return try CollaGANModel.load(training.path(Trainer.modelName))
        }
    }

    /// The model of a training that has not done a step.
    private func begun(
        _ contrasts: [String], from origin: CollaGANModel? = nil, patients: [TrainingPatient]? = nil,
        _ change: (inout TrainingConfiguration) -> Void = { _ in }
    ) throws -> CollaGANModel {
        let origin = try origin ?? Self.origin.get()
        var configuration = shortConfiguration()
        configuration.contrasts = contrasts
        configuration.seed = 3
        change(&configuration)
        try configuration.start(from: origin, sha256: "0", given: [.contrasts])
        let patients = try patients ?? [reordered(syntheticPatient("c", seed: 3), contrasts)]
        return try Trainer(configuration, patients: patients, from: origin, outputFolder: "/nonexistent", resume: false)
            .model()
    }

    /// Whether both models make the same image, to rounding.
    private func isSame(
        _ name: String, _ model: CollaGANModel, _ origin: CollaGANModel, _ target: String, from inputs: [String],
        originFrom others: [String]? = nil, _ stack: SliceStack
    ) throws -> Bool {
        let image = try image(model, of: target, from: inputs, stack)
        let expected = try self.image(origin, of: target, from: others ?? inputs, stack)
        // The regression of a contrast from too few inputs may be negative everywhere.
        let isSomething = origin.hasRegressionBranch || expected.count { $0 > 0 } * 20 > expected.count
        return isSomething && Spread.isWithin(relativeError(image, expected.map(Double.init)), 1e-4, name)
    }

    private func image(
        _ model: CollaGANModel, of target: String, from inputs: [String], _ stack: SliceStack
    ) throws -> [Float] {
        let contrasts = model.description.contrasts
        let index = try #require(contrasts.firstIndex(of: target))
        let image = try Imputer(model).impute(
            reordered(stack, contrasts), target: index, inputs: inputs.compactMap(contrasts.firstIndex(of:)).sorted())
        return try #require(image)
    }

    @Test func theSameContrastsAreTheSameModel() throws {
        let (origin, model) = (try Self.origin.get(), try begun(Self.contrasts))
        let isSame = try tensors(model) == tensors(origin)
        #expect(isSame)
        #expect(model.description.encoderWidth == 2 && model.description.normalisation == .mean)
    }

    /// A file of version 0.1 has one regression per target, whatever is given.
    @Test(arguments: contrasts) func oneRegressionPerTargetBecomesThatOfEverySet(_ target: String) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "first.safetensors").path
        try Self.origin.get().save(to: path)
        var file = try Safetensors.read(path)
        let rows = try #require(file.tensors["generator.skip.weight"])
        let values = (0..<4).flatMap { target -> ArraySlice<Float> in
            let row = (15 - 1 << target) * 4 + target
            return rows.values[row * 15..<(row + 1) * 15]
        }
        file.tensors["generator.skip.weight"] = Safetensors.Entry(shape: [4, 15], values: values)
        try file.write(to: path)
        let first = try CollaGANModel.load(path)
        let (stack, others) = (syntheticStack(seed: 9), Self.contrasts.filter { $0 != target })
        let model = try begun(["FLAIR", "T1", "T2", "T1Gd"], from: first)
        #expect(try tensors(model)["generator.skip.weight"]?.shape == [64, 15])
        for inputs in [others, others.suffix(1)] {
            #expect(try isSame("one regression per target", model, first, target, from: inputs, stack))
        }
    }

    @Test(arguments: contrasts) func anotherOrderIsTheSameFunction(_ target: String) throws {
        let (stack, others) = (syntheticStack(seed: 9), Self.contrasts.filter { $0 != target })
        for origin in try [Self.origin.get(), Self.network.get()] {
            let model = try begun(["FLAIR", "T1", "T2", "T1Gd"], from: origin)
            let isOther = try tensors(model) != tensors(origin)
            #expect(isOther)
            for inputs in [others, others.suffix(2)] {
                #expect(try isSame("contrasts in another order", model, origin, target, from: inputs, stack))
            }
        }
    }

    /// What the encoder of the contrast that is left out makes of an empty image stays.
    @Test(arguments: ["T1", "T2", "FLAIR"]) func fewerContrastsAreTheModelWithoutThatInput(_ target: String) throws {
        let (stack, inputs) = (syntheticStack(seed: 9), ["T1", "T2", "FLAIR"].filter { $0 != target })
        for origin in try [Self.origin.get(), Self.network.get()] {
            let model = try begun(["T2", "FLAIR", "T1"], from: origin)
            #expect(model.description.ngf == 8 && model.description.emptyEncoders == ["T1Gd"])
            #expect(try isSame("fewer contrasts", model, origin, target, from: inputs, stack))
            // And again: the encoder of nothing is handed on, and comes back with its contrast.
            let fewer = try begun([target, inputs[0]], from: model)
            #expect(fewer.description.emptyEncoders == [inputs[1], "T1Gd"])
            #expect(try isSame("fewer contrasts", fewer, origin, target, from: [inputs[0]], stack))
            let more = try begun(["T1Gd", "T1", "T2", "FLAIR"], from: fewer)
            #expect(more.description.emptyEncoders.isEmpty)
            if origin.hasRegressionBranch { continue }
            let all = inputs + ["T1Gd"]
            #expect(try isSame("contrasts that come back", more, origin, target, from: all, stack))
        }
    }

    @Test(arguments: contrasts) func aNewContrastChangesNoOther(_ target: String) throws {
        let (stack, others) = (try withPD("e", seed: 9).stack(), Self.contrasts.filter { $0 != target })
        for origin in try [Self.origin.get(), Self.network.get()] {
            let model = try begun(
                ["T1", "PD", "T1Gd", "T2", "FLAIR"], from: origin, patients: [withPD("d", seed: 4)])
            #expect(
                try isSame(
                    "a contrast more", model, origin, target, from: others + ["PD"], originFrom: others, stack))
        }
    }

    /// Its own regression is the fit; the others' are the model's, unless they are to be fitted again.
    @Test func aNewContrastStartsFromItsFit() throws {
        let names = ["T1", "PD", "T1Gd", "T2", "FLAIR"]
        for skip in [TrainingConfiguration.Start.Choice.keep, .refit] {
            let model = try begun(names, patients: [withPD("d", seed: 4)]) { $0.start = start(skip: skip) }
            let weight = try #require(try tensors(model)["generator.skip.weight"])
            let fit = { (target: Int) in
                model.description.regressions.first { $0.target == target && $0.inputs.count == 4 }
            }
            for target in names.indices {
                let constant = try #require(fit(target)).coefficients[0]
                let row = (31 - 1 << target) * names.count + target
                let isFit = weight.values[(row + 1) * weight.shape[1] - 1] == Float(constant)
                #expect(isFit == (skip == .refit || target == 1), "\(skip) \(target)")
            }
        }
    }

    @Test func scalesAreRefittedOrKept() throws {
        let patients = [try withPD("d", seed: 4, missing: [1])]
        let names = ["T1", "PD", "T1Gd", "T2", "FLAIR"]
        // The origin's patients have 100; this one 50, and no T1Gd.
        for (scales, expected) in [
            (TrainingConfiguration.Start.Choice.refit, [50, 50, 100, 50, 50] as [Float]),
            (.keep, [100, 50, 100, 100, 100]),
        ] {
            let model = try begun(names, patients: patients) { $0.start = start(scales: scales) }
            #expect(model.description.referenceScales == expected)
        }
    }

    @Test func theModelSaysWhoItCameFrom() throws {
        let provenance = try begun(["T1", "T2"]).description.provenance
        #expect(provenance["from"] == "short (0)" && provenance["fromPatients"] == "a,b")
        #expect(provenance["patients"] == "c" && provenance["configuration"]?.contains(#""sha256":"0""#) == true)
        #expect(try Self.origin.get().description.provenance["from"] == nil)
        // Of a chain of trainings all patients are named.
        var again = try Self.origin.get().description
        again.provenance["fromPatients"] = "x,a"
        #expect(again.patientsInWeights == ["a", "b", "x"])
    }

    private func start(
        scales: TrainingConfiguration.Start.Choice = .refit, skip: TrainingConfiguration.Start.Choice = .keep
    ) -> TrainingConfiguration.Start {
        var start = TrainingConfiguration.Start()
        (start.scales, start.skip) = (scales, skip)
        return start
    }
}

/// Direct reconstruction, ngf 8, three steps, with a regression beside the network.
func shortConfiguration() -> TrainingConfiguration {
    var configuration = tinyConfiguration()
    configuration.name = "short"
    (configuration.ngf, configuration.steps, configuration.classifierFirstSteps) = (8, 3, 0)
    configuration.reconstructionFirstSteps = 0
    configuration.weights = TrainingConfiguration.Weights()
    (configuration.weights.cycle, configuration.weights.ssim, configuration.weights.adversarial) = (0, 0, 0)
    (configuration.weights.classification, configuration.weights.reconstruction) = (0, 1)
    configuration.hasRegressionBranch = true
    configuration.optimiser.rate = 1e-2
    return configuration
}

/// A patient's slices with a fifth contrast made of two others, everything divided by 50.
func withPD(_ name: String, seed: UInt64, missing: Set<Int> = []) throws -> TrainingPatient {
    var stack = syntheticStack(seed: seed, missing: missing)
    let pd = zip(stack.images[0] ?? [], stack.images[3] ?? []).map { 0.5 * $0 + 0.4 * $1 * $1 }
    let images = [stack.images[0], pd] + stack.images.dropFirst()
    stack = SliceStack(
        contrasts: ["T1", "PD", "T1Gd", "T2", "FLAIR"], slices: stack.slices, height: stack.height, width: stack.width,
        images: images, brain: stack.brain, scales: images.map { $0 == nil ? nil : 50 })
    return TrainingPatient(name: name, stack: stack)
}

func reordered(_ patient: TrainingPatient, _ contrasts: [String]) throws -> TrainingPatient {
    TrainingPatient(name: patient.name, stack: reordered(try patient.stack(), contrasts))
}

/// The same slices for a model of other contrasts.
func reordered(_ stack: SliceStack, _ contrasts: [String]) -> SliceStack {
    let places = contrasts.map { stack.contrasts.firstIndex(of: $0) }
    return SliceStack(
        contrasts: contrasts, slices: stack.slices, height: stack.height, width: stack.width,
        images: places.map { place in place.flatMap { stack.images[$0] } }, brain: stack.brain,
        scales: places.map { place in place.flatMap { stack.scales[$0] } })
}

/// Weights as a file holds them.
func tensors(_ model: CollaGANModel) throws -> [String: Safetensors.Entry] {
    try withFile(model) { try Safetensors.read($0).tensors }
}

private func withFile<Value>(_ model: CollaGANModel, _ body: (String) throws -> Value) throws -> Value {
    let folder = try Fixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "model.safetensors").path
    try model.save(to: path)
    return try body(path)
}
