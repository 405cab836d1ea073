import NeuralNet
import OperationCases
import Tensors

/// Compares an operation with its float64 twin: the result value by value, the gradients through directional
/// derivatives.
///
/// For a random direction d of ±1, ⟨∇L, d⟩ is compared with the twin's central difference (L(x + hd) − L(x − hd)) ÷ 2h,
/// L = Σ sign · result. As E⟨e, d⟩² = ‖e‖² for any e, the root mean square over the directions estimates the L2 error
/// of the whole gradient, relative to the same estimate of its norm.
package struct GradientCheck: Sendable {
    /// Relative L2 error of the result.
    package var forward: Double
    /// Relative L2 error of each gradient, named `input0`, `weight0` and so on.
    package var gradients: [(name: String, error: Double)]
    private static let step = 1e-6
    /// Gradients whose root mean square projection is below this are compared absolutely.
    private static let floor = 1e-3

    /// Runs the operation once and the twin twice per direction and operand.
    package init(_ operation: OperationCase, seed: UInt64 = 1) {
        let operands = operation.operands(seed: seed)
        let run = operation.run(operands)
        let expected = operation.twin(operands.inputs, operands.weights)
        let signs = OperationRun.signs(expected.shape.count)
        forward = relativeError(run.output, expected.values)
        gradients = []

        func loss(_ operands: Operands) -> Double {
            zip(operation.twin(operands.inputs, operands.weights).values, signs).reduce(0) { $0 + $1.0 * $1.1 }
        }
        var generator = SeededGenerator(seed: seed &+ 77)
        func compare(_ name: String, _ gradient: [Float]?, _ values: WritableKeyPath<Operands, [Double]>) {
            let count = operands[keyPath: values].count
            var (squaredError, squaredNorm) = (0.0, 0.0)
            for _ in 0..<operation.directions {
                let direction = (0..<count).map { _ in generator.next() & 1 == 0 ? 1.0 : -1.0 }
                func moved(_ step: Double) -> Operands {
                    var copy = operands
                    copy[keyPath: values] = zip(copy[keyPath: values], direction).map { $0 + step * $1 }
                    return copy
                }
                let slope = (loss(moved(Self.step)) - loss(moved(-Self.step))) / (2 * Self.step)
                let computed = gradient.map { zip($0, direction).reduce(0) { $0 + Double($1.0) * $1.1 } } ?? 0
                squaredError += (computed - slope) * (computed - slope)
                squaredNorm += slope * slope
            }
            let smallest = Double(operation.directions) * Self.floor * Self.floor
            gradients.append((name, (squaredError / max(squaredNorm, smallest)).squareRoot()))
        }
        for (index, input) in operation.inputs.enumerated() where input.isDifferentiable {
            compare("input\(index)", run.inputGradients[index], \.inputs[index].values)
        }
        for index in operation.weights.indices {
            compare("weight\(index)", run.weightGradients[index], \.weights[index])
        }
    }

    /// What is beyond the limit, with its error; empty when the operation is right.
    package func failures(beyond limit: Double) -> [String] {
        var failures = gradients.filter { !($0.error <= limit) }.map { "gradient of \($0.name): \($0.error)" }
        if !(forward <= limit) { failures.append("result: \(forward)") }
        return failures
    }
}
