import CollaGAN
import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite struct ImputerTests {
    private let model = CollaGANModel.random(tinyDescription(), seed: 11)

    @Test func theTargetsOwnImageIsNotSeen() throws {
        let imputer = Imputer(model)
        var stack = syntheticPatient("a", seed: 1, slices: 5).stack
        let blind = try #require(try imputer.impute(stack, target: 3))
        stack.images[3] = stack.images[3]!.map { $0 == 0 ? 0 : 1.5 - $0 }
        #expect(try imputer.impute(stack, target: 3) == blind)
        stack.images[3] = nil
        #expect(try imputer.impute(stack, target: 3) == blind)
        stack.images[0] = stack.images[0]!.map { $0 * 0.5 }
        #expect(try imputer.impute(stack, target: 3) != blind)
    }

    @Test func backgroundIsZeroAndNothingIsNegative() throws {
        let stack = syntheticPatient("a", seed: 1).stack
        let image = try #require(try Imputer(model).impute(stack, target: 0))
        #expect(image.contains { $0 > 0 })
        #expect(zip(image, stack.brain).allSatisfy { $0 >= 0 && ($1 || $0 == 0) })
    }

    @Test func inputsCanBeLeftOutOrReplaced() throws {
        let imputer = Imputer(model)
        let stack = syntheticPatient("a", seed: 1).stack
        var without = stack
        without.images[2] = nil
        #expect(try imputer.impute(stack, target: 0, inputs: [1, 3]) == imputer.impute(without, target: 0))
        #expect(
            try imputer.impute(without, target: 0, replacing: [2: stack.images[2]!]) == imputer.impute(stack, target: 0)
        )
    }

    @Test func stoppingGivesNothing() throws {
        let stack = syntheticPatient("a", seed: 1, slices: 9).stack
        var calls = 0
        let image = try Imputer(model).impute(stack, target: 0) { done, total in
            calls += 1
            #expect(total == 9 && done <= total)
            return calls < 2
        }
        #expect(image == nil && calls == 2)
    }

    @Test func refusesStacksItCannotUse() throws {
        let alone = syntheticPatient("a", seed: 1, missing: [0, 1, 2]).stack
        #expect(throws: ModelError.self) { try Imputer(model).impute(alone, target: 3) }
        var description = tinyDescription()
        description.contrasts = ["A", "B", "C", "D"]
        let other = Imputer(CollaGANModel.random(description, seed: 1))
        #expect(throws: ModelError.self) { try other.impute(syntheticPatient("a", seed: 1).stack, target: 0) }
    }

    @Test func aSavedModelComesBackTheSame() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "model.safetensors").path
        try model.save(to: path)
        let loaded = try CollaGANModel.load(path)
        #expect(loaded.description == model.description)
        let stack = syntheticPatient("a", seed: 1).stack
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
