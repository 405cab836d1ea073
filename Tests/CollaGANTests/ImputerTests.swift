import CollaGAN
import Foundation
import NeuralNet
import OperationCases
import Tensors
import TestSupport
import Testing

@Suite struct ImputerTests {
    private let model = CollaGANModel.random(tinyDescription(), seed: 11)

    @Test func theTargetsOwnImageIsNotSeen() throws {
        let imputer = Imputer(model)
        var stack = syntheticStack(seed: 1, slices: 5)
        let blind = try #require(try imputer.impute(stack, target: 3))
        stack.images[3] = stack.images[3]!.map { $0 == 0 ? 0 : 1.5 - $0 }
        #expect(try imputer.impute(stack, target: 3) == blind)
        stack.images[3] = nil
        #expect(try imputer.impute(stack, target: 3) == blind)
        stack.images[0] = stack.images[0]!.map { $0 * 0.5 }
        #expect(try imputer.impute(stack, target: 3) != blind)
    }

    /// Encoders of empty images are computed once and leave the joint convolutions; the network is the same.
    @Test(arguments: [(0, [1, 2, 3]), (3, [0, 1, 2]), (1, [0, 2]), (2, [3])])
    func agreesWithAllEncodersRunning(target: Int, inputs: [Int]) throws {
        var description = tinyDescription()
        (description.ngf, description.encoderWidth) = (16, 4)
        let stack = syntheticStack(seed: Spread.seed(1), slices: 5)
        let image = try #require(
            try Imputer(CollaGANModel.random(description, seed: Spread.seed(11))).impute(
                stack, target: target, inputs: inputs))

        let generator = Generator(ngf: 16, contrasts: 4)
        var random = SeededGenerator(seed: Spread.seed(11))
        for parameter in generator.parameters { parameter.initialiseXavier(using: &random) }
        let shape = Shape(stack.slices, stack.height, stack.width, 1)
        let images = (0..<4).map {
            Variable(inputs.contains($0) ? Tensor(shape, stack.images[$0]!) : Tensor(shape, filledWith: 0))
        }
        let whole = generator(
            images, targets: Array(repeating: target, count: stack.slices), Tape(recording: false)
        ).value.array()
        let expected = zip(whole, stack.brain).map { $1 ? Double($0) : 0 }
        #expect(Spread.isWithin(relativeError(image, expected), 1e-5, "pruned against whole network"))
    }

    @Test func backgroundIsZeroAndNothingIsNegative() throws {
        let stack = syntheticStack(seed: 1)
        let image = try #require(try Imputer(model).impute(stack, target: 0))
        #expect(image.contains { $0 > 0 })
        #expect(zip(image, stack.brain).allSatisfy { $0 >= 0 && ($1 || $0 == 0) })
    }

    @Test func inputsCanBeLeftOutOrReplaced() throws {
        let imputer = Imputer(model)
        let stack = syntheticStack(seed: 1)
        var without = stack
        without.images[2] = nil
        #expect(try imputer.impute(stack, target: 0, inputs: [1, 3]) == imputer.impute(without, target: 0))
        #expect(
            try imputer.impute(without, target: 0, replacing: [2: stack.images[2]!]) == imputer.impute(stack, target: 0)
        )
    }

    @Test func stoppingGivesNothing() throws {
        let stack = syntheticStack(seed: 1, slices: 9)
        var calls = 0
        let image = try Imputer(model).impute(stack, target: 0) { done, total in
            calls += 1
            #expect(total == 9 && done <= total)
            return calls < 2
        }
        #expect(image == nil && calls == 2)
    }

    @Test func refusesStacksItCannotUse() throws {
        let alone = syntheticStack(seed: 1, missing: [0, 1, 2])
        #expect(throws: ModelError.self) { try Imputer(model).impute(alone, target: 3) }
        var description = tinyDescription()
        description.contrasts = ["A", "B", "C", "D"]
        let other = Imputer(CollaGANModel.random(description, seed: 1))
        #expect(throws: ModelError.self) { try other.impute(syntheticStack(seed: 1), target: 0) }
    }

    @Test func aSavedModelComesBackTheSame() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "model.safetensors").path
        try model.save(to: path)
        let loaded = try CollaGANModel.load(path)
        #expect(loaded.description == model.description)
        let stack = syntheticStack(seed: 1)
        #expect(try Imputer(loaded).impute(stack, target: 1) == Imputer(model).impute(stack, target: 1))
    }

    @Test func weightsMadeElsewhereLoadWithDefaults() throws {
        let model = try CollaGANModel.load(Fixtures.path("generator-ngf8/weights.safetensors"))
        #expect(model.description.ngf == 8)
        #expect(model.description.contrasts == ["T1", "T1Gd", "T2", "FLAIR"])
        #expect(model.description.crop == ModelDescription.Crop(height: 240, width: 240))
    }

    @Test func thePapersWidthHasThePapersParameterCount() {
        #expect(Generator(ngf: 64, contrasts: 4).parameters.reduce(0) { $0 + $1.count } == 34_123_520)
        #expect(
            Discriminator(contrasts: 4, crop: (240, 240)).parameters.reduce(0) { $0 + $1.count } == 211_872)
    }
}
