import CollaGAN
import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

/// Encoders as wide as they like, whatever the number of contrasts.
@Suite struct EncoderWidthTests {
    /// Along its gradient a loss rises by the gradient's square.
    @Test(arguments: [(3, 2, 0), (5, 2, 0), (2, 3, 2)])
    func gradientsAreThoseOfTheLoss(_ contrasts: Int, _ width: Int, _ empty: Int) {
        let generator = Generator(
            ngf: 8, contrasts: contrasts, encoderWidth: width, emptyEncoders: empty,
            regressionRows: RegressionRows(contrasts: contrasts))
        var random = SeededGenerator(seed: Spread.seed(5))
        for parameter in generator.parameters { parameter.initialiseXavier(using: &random) }
        let shape = Shape(1, 32, 48, 1)
        func noise() -> Tensor { Tensor(shape, (0..<shape.count).map { _ in random.uniform(0.2...1) }) }
        let inputs = (0..<contrasts).map { Variable($0 == 1 ? Tensor(shape, filledWith: 0) : noise()) }
        let truth = noise()
        func loss(_ tape: Tape) -> Variable {
            tape.meanAbsoluteError(generator(inputs, targets: [1], tape), truth)
        }
        let tape = Tape()
        tape.backward(from: loss(tape))
        let gradients = generator.parameters.map { $0.gradient?.array() ?? [] }
        let square = gradients.joined().reduce(0.0) { $0 + Double($1) * Double($1) }
        let step = Float(1e-3 / square.squareRoot())
        func moved(by factor: Float) -> Double {
            for (parameter, gradient) in zip(generator.parameters, gradients) where !gradient.isEmpty {
                withPointers(to: parameter.values) { values in
                    for (index, slope) in gradient.enumerated() { values.pointer[index] += factor * step * slope }
                }
            }
            return Double(loss(Tape(recording: false)).value.item)
        }
        let (above, below) = (moved(by: 1), moved(by: -2))
        let slope = (above - below) / (2 * Double(step) * square)
        #expect(Spread.isWithin(abs(slope - 1), 0.02, "slope along the gradient, encoders of their own width"))
    }

    @Test func aFileKeepsTheWidth() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (path, other) = (folder.appending(path: "a").path, folder.appending(path: "b").path)
        var description = tinyDescription()
        (description.contrasts, description.referenceScales, description.encoderWidth) = (
            ["T1", "T2", "PD"], [1, 2, 3], 3
        )
        description.emptyEncoders = ["FLAIR"]
        try CollaGANModel.random(description, seed: 1).save(to: path)
        let read = try CollaGANModel.load(path)
        #expect(read.description == description)
        for (width, code, says) in [
            ("x", ModelError.Code.malformed, "'encoderWidth' is not a width"), ("0", .malformed, "encoderWidth"),
            ("2", .mismatch, "encoders of 2"), ("1024", .mismatch, "encoders of 1024"),
        ] {
            var file = try Safetensors.read(path)
            file.metadata["encoderWidth"] = width
            try file.write(to: other)
            let refusal = #expect(throws: ModelError.self) { try CollaGANModel.load(other) }
            #expect(refusal?.code == code && refusal?.message.contains(says) == true, "\(refusal?.message ?? "")")
        }
    }

    /// Files of before say no width: the base width is divided among the contrasts.
    @Test func withoutAWidthTheBaseWidthIsDivided() throws {
        let read = try CollaGANModel.load(Fixtures.path("generator-ngf8/weights.safetensors"))
        #expect(read.description.encoderWidth == 2)
    }
}
