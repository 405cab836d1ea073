import NeuralNet
import Tensors
import Testing

@Suite struct DropoutTests {
    private let ones = Tensor(Shape(2, 50, 40, 5), filledWith: 1)

    @Test(arguments: [Float(0.1), 0.5, 0.75]) func dropsTheRateAndKeepsTheMean(rate: Float) {
        var generator = SeededGenerator(seed: 8)
        let values = Tape().dropout(Variable(ones), rate: rate, using: &generator).value.array()
        let kept = 1 / (1 - rate)
        #expect(values.allSatisfy { $0 == 0 || $0 == kept })
        let count = Double(values.count)
        let dropped = Double(values.filter { $0 == 0 }.count) / count
        // Five standard errors of a binomial.
        let bound = 5 * (Double(rate * (1 - rate)) / count).squareRoot()
        #expect(abs(dropped - Double(rate)) < bound)
        let mean = values.reduce(0.0) { $0 + Double($1) } / count
        #expect(abs(mean - 1) < bound * Double(kept))
    }

    @Test func theSameSeedReplaysTheMask() {
        func run(_ seed: UInt64) -> [Float] {
            var generator = SeededGenerator(seed: seed)
            return Tape().dropout(Variable(ones), rate: 0.5, using: &generator).value.array()
        }
        #expect(run(1) == run(1))
        #expect(run(1) != run(2))
    }

    @Test func successiveCallsDrawNewMasks() {
        var generator = SeededGenerator(seed: 1)
        let first = Tape().dropout(Variable(ones), rate: 0.5, using: &generator).value.array()
        let second = Tape().dropout(Variable(ones), rate: 0.5, using: &generator).value.array()
        #expect(first != second)
    }

    @Test func theGradientUsesTheMaskOfTheResult() {
        let x = Variable(ones, needsGradient: true)
        var generator = SeededGenerator(seed: 3)
        let tape = Tape()
        let y = tape.dropout(x, rate: 0.25, using: &generator)
        let result = y.value.array()
        // The loss's gradient is 1 ÷ count everywhere.
        tape.backward(from: tape.meanAbsoluteError(y, Tensor(ones.shape, filledWith: -1)))
        let gradient = x.gradient!.array().map { $0 * Float(ones.shape.count) }
        #expect(zip(gradient, result).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(zip(gradient, result).allSatisfy { ($0 == 0) == ($1 == 0) })
    }
}
