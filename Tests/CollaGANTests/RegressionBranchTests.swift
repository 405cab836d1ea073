import CollaGAN
import Foundation
import Metrics
import OperationCases
import Tensors
import TestSupport
import Testing

/// The regression branch of method.md §10, as a training starts and as a weight file holds it.
@Suite struct RegressionBranchTests {
    private let patients = [
        syntheticPatient("a", seed: 1), syntheticPatient("b", seed: 2), syntheticPatient("c", seed: 3, missing: [1]),
    ]

    private func startedModel(_ change: (inout TrainingConfiguration) -> Void = { _ in }) throws -> CollaGANModel {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = tinyConfiguration()
        configuration.hasRegressionBranch = true
        configuration.seed = Spread.seed(configuration.seed)
        change(&configuration)
        return try Trainer(configuration, patients: patients, outputFolder: folder.path, resume: false).model()
    }

    @Test(arguments: 0..<4) func trainingStartsFromTheRegression(target: Int) throws {
        let model = try startedModel()
        let stack = try patients[0].stack()
        let others = (0..<4).filter { $0 != target }
        let regression = try #require(
            model.description.regressions.first { $0.target == target && $0.inputs == others })
        let image = try #require(try Imputer(model).impute(stack, target: target))
        let expected = regression.predict(stack.images, brain: stack.brain)
        #expect(Spread.isWithin(relativeError(image, expected.map(Double.init)), 0.02, "start from the regression"))
        let truth = try #require(stack.images[target])
        #expect(Spread.isWithin(ImageMetrics.nmse(truth: truth, imputed: image), 5e-5, "NMSE of the start"))
        // And every smaller set of inputs from its own.
        for fit in model.description.regressions where fit.target == target && fit.inputs.count < 3 {
            let image = try #require(try Imputer(model).impute(stack, target: target, inputs: fit.inputs))
            let expected = fit.predict(stack.images, brain: stack.brain)
            #expect(Spread.isWithin(relativeError(image, expected.map(Double.init)), 0.05, "start from fewer inputs"))
        }
    }

    @Test func aTargetThatNobodyHasStartsFromZero() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = tinyConfiguration()
        configuration.hasRegressionBranch = true
        let model = try Trainer(
            configuration, patients: [syntheticPatient("c", seed: 3, missing: [1])], outputFolder: folder.path,
            resume: false
        ).model()
        let weight = try #require(try tensors(model)["generator.skip.weight"])
        #expect(weight.shape == [64, 15])
        let filled = (0..<64).filter { row in weight.values[row * 15..<(row + 1) * 15].contains { $0 != 0 } }
        // Row = set of inputs as bits · 4 + target: of T1, T2 and FLAIR, each from one or both of the others.
        #expect(filled == [6, 7, 16, 19, 23, 32, 34, 38, 48])
    }

    @Test func aFileKeepsTheBranch() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "model.safetensors").path
        for hasBranch in [true, false] {
            let model = try startedModel {
                $0.hasRegressionBranch = hasBranch
                $0.testTimeFlip = hasBranch
            }
            try model.save(to: path)
            let read = try CollaGANModel.load(path)
            #expect(read.hasRegressionBranch == hasBranch && read.description.testTimeFlip == hasBranch)
            let stack = try patients[1].stack()
            #expect(try Imputer(read).impute(stack, target: 2) == Imputer(model).impute(stack, target: 2))
        }
    }

    /// A mirrored patient gives the mirrored image, exactly, as the mean does not depend on the order.
    @Test func aTestTimeFlipMakesMirrorImagesEqual() throws {
        let model = try startedModel { $0.testTimeFlip = true }
        let stack = try patients[0].stack()
        var mirrored = stack
        func mirror<T>(_ values: [T]) -> [T] {
            stride(from: 0, to: values.count, by: stack.width).flatMap { values[$0..<$0 + stack.width].reversed() }
        }
        mirrored.images = stack.images.map { $0.map(mirror) }
        mirrored.brain = mirror(stack.brain)
        let image = try #require(try Imputer(model).impute(stack, target: 3))
        #expect(try Imputer(model).impute(mirrored, target: 3) == mirror(image))
        let plain = try startedModel()
        let (direct, other) = (
            try #require(try Imputer(plain).impute(stack, target: 3)),
            try #require(try Imputer(plain).impute(mirrored, target: 3))
        )
        #expect(image == zip(direct, mirror(other)).map { ($0 + $1) / 2 })
    }
}
