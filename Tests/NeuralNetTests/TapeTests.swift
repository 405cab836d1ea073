import NeuralNet
import OperationCases
import Tensors
import TestSupport
import Testing

/// What is recorded and what gets a gradient, for every operation of the table.
@Suite struct TapeTests {
    @Test(arguments: OperationCases.all)
    func nothingIsRecordedWithoutRecording(_ operation: OperationCase) {
        let run = operation.run(operation.operands(), isRecording: false)
        #expect(!run.wasRecorded)
        #expect(run.inputGradients.allSatisfy { $0 == nil } && run.weightGradients.allSatisfy { $0 == nil })
        #expect(run.output == operation.run(operation.operands()).output)
    }

    @Test(arguments: OperationCases.all)
    func frozenWeightsGetNoGradientAndChangeNoOther(_ operation: OperationCase) {
        let operands = operation.operands()
        let run = operation.run(operands, areFrozen: true)
        #expect(run.weightGradients.allSatisfy { $0 == nil })
        #expect(run.inputGradients == operation.run(operands).inputGradients)
    }

    @Test(arguments: OperationCases.all)
    func dataGetsNoGradientAndChangesNoOther(_ operation: OperationCase) {
        let operands = operation.operands()
        let run = operation.run(operands, areData: true)
        #expect(run.inputGradients.allSatisfy { $0 == nil })
        #expect(run.weightGradients == operation.run(operands).weightGradients)
        #expect(run.wasRecorded == !operation.weights.isEmpty)
        #expect(!operation.run(operands, areFrozen: true, areData: true).wasRecorded)
    }

    @Test(arguments: OperationCases.all.filter { !$0.weights.isEmpty })
    func passesAccumulateInTheWeights(_ operation: OperationCase) {
        let operands = operation.operands(seed: Spread.seed(1))
        let (once, thrice) = (operation.run(operands), operation.run(operands, passes: 3))
        for (a, b) in zip(once.weightGradients, thrice.weightGradients) {
            #expect(Spread.isWithin(relativeError(b!, a!.map { 3 * Double($0) }), 1e-6, "three passes"))
        }
    }

    @Test func clearedGradientsStartAtZero() {
        let (parameter, loss) = scaledLoss()
        loss()
        let first = parameter.gradient!.array()
        #expect(first.contains { $0 != 0 })
        loss()
        #expect(parameter.gradient!.array() == first.map { 2 * $0 })
        parameter.clearGradient()
        #expect(parameter.gradient!.array() == first.map { _ in 0 })
        loss()
        #expect(parameter.gradient!.array() == first)
    }

    /// Biases and norm shifts are parameters of their own and can be frozen alone; so can the weights beside them.
    @Test(arguments: [true, false]) func eachParameterIsFrozenByItself(isBiasFrozen: Bool) {
        let registry = ParameterRegistry()
        let pairs = [
            (registry.convolution("conv", kernel: (3, 3), input: 2, output: 4), registry.vector("conv.bias", count: 4)),
            (registry.vector("norm", count: 4), registry.vector("norm.bias", count: 4)),
            (
                registry.transposedConvolution("up", kernel: 2, input: 4, output: 3),
                registry.vector("up.bias", count: 3)
            ),
            (registry.dense("fc", input: 3, output: 5), registry.vector("fc.bias", count: 5)),
        ]
        var generator = SeededGenerator(seed: 5)
        for parameter in registry.parameters {
            let values = (0..<parameter.count).map { _ in generator.uniform(0.2...1) }
            parameter.setFileValues(values, into: parameter.values)
        }
        for (weight, bias) in pairs { (isBiasFrozen ? bias : weight).isFrozen = true }
        let tape = Tape()
        let image = Tensor(Shape(1, 4, 6, 2), (0..<48).map { _ in generator.uniform(-1...1) })
        var y = tape.convolution(Variable(image), pairs[0].0, bias: pairs[0].1, padding: 1)
        y = tape.instanceNormLeakyReLU(y, scale: pairs[1].0, shift: pairs[1].1, epsilon: 1e-6, slope: 0.2)
        y = tape.globalAveragePool(tape.transposedConvolution(y, pairs[2].0, bias: pairs[2].1))
        y = tape.dense(y, pairs[3].0, bias: pairs[3].1)
        tape.backward(from: tape.meanSquaredError(y, from: 3))
        for (weight, bias) in pairs {
            let (frozen, free) = isBiasFrozen ? (bias, weight) : (weight, bias)
            #expect(frozen.gradient == nil, "\(frozen.name)")
            #expect(free.gradient != nil, "\(free.name)")
        }
    }

    /// A bias wants its gradient even where neither the input nor the weight does.
    @Test func aBiasAloneIsDifferentiated() {
        let registry = ParameterRegistry()
        let weight = registry.convolution("conv", kernel: (1, 1), input: 1, output: 1)
        let bias = registry.vector("conv.bias", count: 1)
        weight.isFrozen = true
        let tape = Tape()
        let y = tape.convolution(Variable(Tensor(Shape(1, 2, 2, 1), filledWith: 1)), weight, bias: bias)
        let loss = tape.meanSquaredError(y, from: 3)
        #expect(loss.needsGradient)
        if loss.needsGradient { tape.backward(from: loss) }
        #expect(bias.gradient?.array() == [-6])
    }

    @Test func aTermOfWeightZeroGetsNoGradient() {
        let x = Variable(Tensor(Shape(1, 1, 1, 2), [1, 2]), needsGradient: true)
        let unused = Variable(Tensor(Shape(1, 1, 1, 1), [.nan]), needsGradient: true)
        let tape = Tape()
        let (loss, ignored) = (tape.meanSquaredError(x, from: 0), tape.meanSquaredError(unused, from: 0))
        tape.backward(from: tape.weightedSum([(3, loss), (0, ignored)]))
        #expect(x.gradient?.array() == [3, 6])
        #expect(unused.gradient == nil)
    }

    @Test func anyResultCanBeDifferentiatedInADirection() {
        let x = Variable(Tensor(Shape(1, 1, 1, 3), [1, -2, 3]), needsGradient: true)
        let tape = Tape()
        let y = tape.leakyReLU(x, slope: 0.5)
        tape.backward(from: y, gradient: Tensor(y.value.shape, [2, 4, -1]))
        #expect(x.gradient?.array() == [2, 2, -1])
    }

    private func scaledLoss() -> (Parameter, () -> Void) {
        let weight = ParameterRegistry().convolution("w", kernel: (1, 1), input: 2, output: 2)
        let x = Tensor(Shape(1, 2, 2, 2), [1, 2, 3, 4, 5, 6, 7, 8])
        return (
            weight,
            {
                let tape = Tape()
                tape.backward(from: tape.meanSquaredError(tape.convolution(Variable(x), weight), from: 1))
            }
        )
    }
}
