import Foundation
import NeuralNet
import Tensors
import TestSupport
import Testing

/// Adam against algorithm 1 of Kingma and Ba in float64.
@Suite struct AdamTests {
    struct Settings: Sendable {
        var beta1: Float
        var beta2: Float
        var epsilon: Float
        var rate: Float
    }

    @Test(arguments: [
        Settings(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, rate: 1e-2),
        Settings(beta1: 0.5, beta2: 0.999, epsilon: 1e-8, rate: 1e-3),
        // An ε as large as the gradients shows where it is added.
        Settings(beta1: 0.9, beta2: 0.99, epsilon: 0.05, rate: 1e-1),
    ])
    func followsTheFloat64Reference(_ settings: Settings) {
        // More values than one thread takes at a time.
        let problem = LeastSquares(outputs: 70_001)
        let adam = Adam(
            problem.parameters, beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon)
        var references = problem.parameters.map { parameter in
            parameter.values.array().map { Reference(value: Double($0)) }
        }
        var farthest = 0.0
        for step in 1...20 {
            problem.differentiate(goal: Float(step % 3))
            let gradients = problem.parameters.map { $0.gradient!.array() }
            adam.update(rate: settings.rate)
            for (index, parameter) in problem.parameters.enumerated() {
                let values = parameter.values.array()
                for (place, gradient) in gradients[index].enumerated() {
                    references[index][place].update(Double(gradient), step, settings)
                    farthest = max(farthest, abs(Double(values[place]) - references[index][place].value))
                }
                #expect(parameter.gradient!.array().allSatisfy { $0 == 0 }, "gradients are cleared")
            }
            #expect(adam.step == step)
        }
        // Values are near 1: a few roundings of float32 per step, far below one step's length.
        #expect(Spread.isWithin(farthest, 20 * 2e-7, "Adam, rate \(settings.rate)"))
        #expect(farthest < Double(settings.rate) / 100)
    }

    /// With g constant every bias-corrected step is rate · g ÷ (|g| + ε): worked out by hand.
    @Test func firstStepIsTheRate() {
        let problem = LeastSquares(outputs: 3)
        let before = problem.parameters.map { $0.values.array() }
        problem.differentiate(goal: 100)
        Adam(problem.parameters).update(rate: 0.125)
        for (parameter, old) in zip(problem.parameters, before) {
            for (new, old) in zip(parameter.values.array(), old) { #expect(abs(new - old - 0.125) < 1e-6) }
        }
    }

    @Test func aParameterWithoutGradientStays() {
        let problem = LeastSquares(outputs: 3)
        let idle = ParameterRegistry().vector("idle", count: 4)
        idle.setFileValues([1, 2, 3, 4], into: idle.values)
        let adam = Adam(problem.parameters + [idle])
        problem.differentiate(goal: 100)
        adam.update(rate: 1)
        #expect(idle.values.array() == [1, 2, 3, 4])
        #expect(adam.moments.count == 3)
    }

    private struct Reference {
        var value: Double
        var first = 0.0
        var second = 0.0

        mutating func update(_ gradient: Double, _ step: Int, _ settings: Settings) {
            let (beta1, beta2) = (Double(settings.beta1), Double(settings.beta2))
            first = beta1 * first + (1 - beta1) * gradient
            second = beta2 * second + (1 - beta2) * gradient * gradient
            let m = first / (1 - pow(beta1, Double(step)))
            let v = second / (1 - pow(beta2, Double(step)))
            value -= Double(settings.rate) * m / (v.squareRoot() + Double(settings.epsilon))
        }
    }

    /// A fully connected layer of one input, whose gradients differ from value to value and from goal to goal.
    private struct LeastSquares {
        let weight: Parameter
        let bias: Parameter
        var parameters: [Parameter] { [weight, bias] }

        init(outputs: Int) {
            let registry = ParameterRegistry()
            weight = registry.dense("w", input: 1, output: outputs)
            bias = registry.vector("b", count: outputs)
            var generator = SeededGenerator(seed: Spread.seed(9))
            for parameter in registry.parameters {
                let values = (0..<outputs).map { _ in generator.uniform(0.5...1.5) }
                parameter.setFileValues(values, into: parameter.values)
            }
        }

        func differentiate(goal: Float) {
            let tape = Tape()
            let y = tape.dense(Variable(Tensor(Shape(1, 1, 1, 1), [2])), weight, bias: bias)
            let scale = Float(weight.count)
            tape.backward(from: tape.weightedSum([(scale, tape.meanSquaredError(y, from: goal))]))
        }
    }
}
