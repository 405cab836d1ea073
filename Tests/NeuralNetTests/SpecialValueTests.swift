import Foundation
import NeuralNet
import Tensors
import Testing

/// Values where formulas have edges: expectations worked out by hand.
@Suite struct SpecialValueTests {
    @Test func crossEntropyOfHugeLogitsStaysFinite() {
        let logits = Variable(Tensor(Shape(2, 1, 1, 3), [1e4, 0, -1e4, 1e4, 0, -1e4]), needsGradient: true)
        let tape = Tape()
        let loss = tape.crossEntropy(logits, classes: [0, 2])
        #expect(loss.value.item == 1e4)
        tape.backward(from: loss)
        #expect(logits.gradient!.array() == [0, 0, 0, 0.5, 0, -0.5])
    }

    @Test func crossEntropyOfEqualLogitsIsTheLogarithmOfTheirNumber() {
        let loss = Tape().crossEntropy(Variable(Tensor(Shape(1, 1, 1, 4), filledWith: 3)), classes: [2])
        #expect(abs(loss.value.item - 1.386_294_4) < 1e-6)
    }

    @Test func equalImagesHaveNoLossAndNoGradient() {
        var generator = SeededGenerator(seed: 4)
        let image = Tensor(Shape(1, 16, 20, 1), (0..<320).map { _ in generator.uniform() })
        let x = Variable(image, needsGradient: true)
        let tape = Tape()
        let (absolute, structural) = (tape.meanAbsoluteError(x, image), tape.ssimLoss(x, image, range: 1))
        #expect(absolute.value.item == 0)
        #expect(abs(structural.value.item) < 1e-6)
        tape.backward(from: tape.weightedSum([(1, absolute), (1, structural)]))
        #expect(x.gradient!.array().allSatisfy { abs($0) < 1e-6 })
    }

    /// SSIM of constants a and b is (2ab + C1) ÷ (a² + b² + C1): with range 1, a = 0.5, b = 1: 1.0001 ÷ 1.2501.
    @Test func structuralSimilarityOfConstants() {
        let (a, b) = (Tensor(Shape(1, 12, 12, 1), filledWith: 0.5), Tensor(Shape(1, 12, 12, 1), filledWith: 1))
        let expected = -log((1 + 1.0001 / 1.2501) / 2)
        #expect(abs(Double(Tape().ssimLoss(Variable(a), b, range: 1).value.item) - expected) < 1e-5)
    }

    /// Background: all zeros, in every image of the batch.
    @Test func emptyImagesHaveNoStructuralLoss() {
        let zeros = Tensor(Shape(2, 20, 20, 1), filledWith: 0)
        let x = Variable(zeros, needsGradient: true)
        let tape = Tape()
        let loss = tape.ssimLoss(x, zeros, range: 5)
        tape.backward(from: loss)
        #expect(loss.value.item == 0)
        #expect(x.gradient!.array().allSatisfy { $0 == 0 })
    }

    /// A constant channel has variance 0: the shift alone remains, up to the rounding of its mean times 1 ÷ √ε = 1000.
    /// Sixteen rows are summed in float32: 15 additions, each rounded by at most 16·|value|·2⁻²⁴, move the mean by
    /// 8·|value|·2⁻²³.
    @Test(arguments: [Float(0), 0.1, 0.3, 1, -0.7], [1, 3, 4, 16]) func constantChannelsBecomeTheShift(
        value: Float, channels: Int
    ) {
        let registry = ParameterRegistry()
        let (scale, shift) = (registry.vector("s", count: channels), registry.vector("b", count: channels))
        scale.setFileValues(Array(repeating: 1, count: channels), into: scale.values)
        shift.setFileValues(Array(repeating: 0.5, count: channels), into: shift.values)
        let x = Variable(Tensor(Shape(1, 48, 40, channels), filledWith: value), needsGradient: true)
        let tape = Tape()
        let y = tape.instanceNormLeakyReLU(x, scale: scale, shift: shift, epsilon: 1e-6, slope: 0.2)
        let limit = 1000 * 8 * abs(value) * 0x1p-23 + 1e-7
        #expect(y.value.array().allSatisfy { abs($0 - 0.5) <= limit })
        tape.backward(from: tape.meanSquaredError(y, from: 0))
        #expect(x.gradient!.array().allSatisfy { $0.isFinite })
    }

    /// Large mean, small deviation: a one-pass variance would lose everything.
    @Test func normalisationSurvivesALargeMean() {
        let registry = ParameterRegistry()
        let (scale, shift) = (registry.vector("s", count: 2), registry.vector("b", count: 2))
        scale.setFileValues([1, 1], into: scale.values)
        let x = Tensor(Shape(1, 16, 16, 2), (0..<512).map { 4096 + ($0 / 2 % 2 == 0 ? 0.5 : -0.5) })
        let y = Tape().instanceNormLeakyReLU(Variable(x), scale: scale, shift: shift, epsilon: 1e-6, slope: 1)
        #expect(y.value.array().enumerated().allSatisfy { abs($1 - ($0 / 2 % 2 == 0 ? 1 : -1)) < 1e-5 })
    }

    @Test func theFirstOfEqualsWinsTheMaximum() {
        let x = Variable(Tensor(Shape(1, 2, 4, 1), [5, 5, 1, 2, 5, 5, 3, 3]), needsGradient: true)
        let tape = Tape()
        let y = tape.maxPool2(x)
        #expect(y.value.array() == [5, 3])
        tape.backward(from: tape.meanSquaredError(y, from: 0))
        #expect(x.gradient!.array() == [5, 0, 0, 0, 0, 0, 3, 0])
    }

    @Test func sigmoidSaturates() {
        let y = Tape().sigmoid(Variable(Tensor(Shape(1, 1, 1, 5), [-1000, -100, 0, 100, 1000])))
        #expect(y.value.array() == [0, Float(exp(-100.0)), 0.5, 1, 1] || y.value.array() == [0, 0, 0.5, 1, 1])
    }

    @Test func zeroIsTheKinkOfTheReLU() {
        let x = Variable(Tensor(Shape(1, 1, 1, 3), [-2, 0, 2]), needsGradient: true)
        let tape = Tape()
        let y = tape.leakyReLU(x, slope: 0.25)
        #expect(y.value.array() == [-0.5, 0, 2])
        tape.backward(from: tape.meanAbsoluteError(y, Tensor(x.value.shape, filledWith: -9)))
        #expect(x.gradient!.array().map { $0 * 3 } == [0.25, 0.25, 1])
    }
}
