import NeuralNet
import Tensors

/// How an operand's values are drawn, so that no kink of a piecewise-linear operation is near.
package enum Draw: Sendable {
    /// ± 0.3 … 1.3.
    case awayFromZero
    /// ± 0.03 … 0.13: shifts that do not push a normalised value onto a kink.
    case small
    /// 0.5 … 1.5.
    case positive
    /// A shuffled ladder from −1 to 1: no two values are near each other.
    case distinct
    /// As `awayFromZero`, but channel 0 is 0.75 everywhere.
    case firstChannelConstant

    /// Float32 values as float64.
    func values(_ count: Int, channels: Int, using generator: inout SeededGenerator) -> [Double] {
        func away(_ low: Float, _ high: Float) -> Double {
            let size = Double(generator.uniform(low...high))
            return generator.next() & 1 == 0 ? size : -size
        }
        switch self {
        case .awayFromZero: return (0..<count).map { _ in away(0.3, 1.3) }
        case .small: return (0..<count).map { _ in away(0.03, 0.13) }
        case .positive: return (0..<count).map { _ in Double(generator.uniform(0.5...1.5)) }
        case .distinct:
            return (0..<count).map { Double((2 * Float($0) + 1) / Float(count) - 1) }.shuffled(using: &generator)
        case .firstChannelConstant: return (0..<count).map { $0 % channels == 0 ? 0.75 : away(0.3, 1.3) }
        }
    }
}

/// One row of the table that drives correctness, gradient, thread-count and benchmark runs of the tape's operations.
package struct OperationCase: Sendable, CustomStringConvertible {
    /// A tensor argument.
    package struct Input: Sendable {
        package var shape: Shape
        package var draw: Draw
        /// False for data such as the truth of a loss.
        package var isDifferentiable: Bool

        package init(_ shape: Shape, _ draw: Draw = .awayFromZero, isDifferentiable: Bool = true) {
            (self.shape, self.draw, self.isDifferentiable) = (shape, draw, isDifferentiable)
        }
    }

    /// A parameter argument.
    package struct Weight: Sendable {
        package var layout: ParameterLayout
        package var count: Int
        package var draw: Draw

        /// A bias, norm scale or shift.
        package static func vector(_ count: Int, _ draw: Draw = .awayFromZero) -> Weight {
            Weight(layout: .vector, count: count, draw: draw)
        }

        /// Weights of a convolution.
        package static func convolution(_ height: Int, _ width: Int, input: Int, output: Int) -> Weight {
            Weight(
                layout: .convolution(height: height, width: width, input: input, output: output),
                count: height * width * input * output, draw: .awayFromZero)
        }

        /// Weights of a 2×2 transposed convolution.
        package static func transposedConvolution(_ input: Int, _ output: Int) -> Weight {
            Weight(
                layout: .transposedConvolution(height: 2, width: 2, input: input, output: output),
                count: 4 * input * output, draw: .awayFromZero)
        }

        /// Weights of a fully connected layer.
        package static func dense(_ input: Int, _ output: Int) -> Weight {
            Weight(layout: .dense(input: input, output: output), count: input * output, draw: .awayFromZero)
        }
    }

    /// The operation as a tape records it.
    package typealias OnTape = @Sendable (Tape, [Variable], [Parameter]) -> Variable
    /// The operation in float64, weights in the layout of a weight file.
    package typealias Twin = @Sendable ([Reference], [[Double]]) -> Reference

    package var name: String
    package var inputs: [Input]
    package var weights: [Weight]
    /// False where the operation asks for contiguous tensors.
    package var takesSlices = true
    /// Largest relative L2 error of result and gradients.
    package var tolerance = 5e-6
    /// Random directions per operand in the gradient check.
    package var directions = 12
    /// What it costs at least, where that is known.
    package var cost: OperationCost?
    package var onTape: OnTape
    package var twin: Twin

    package init(
        _ name: String, _ inputs: [Input], _ weights: [Weight] = [], cost: OperationCost? = nil,
        onTape: @escaping OnTape, twin: @escaping Twin
    ) {
        self.name = name
        self.inputs = inputs
        self.weights = weights
        self.cost = cost
        self.onTape = onTape
        self.twin = twin
    }

    package var description: String { "\(name), \(inputs.map(\.shape.description).joined(separator: " and "))" }

    /// The same case with some properties set.
    package func with(_ change: (inout OperationCase) -> Void) -> OperationCase {
        var copy = self
        change(&copy)
        return copy
    }

    /// Operands drawn for this case: the same values for the same seed.
    package func operands(seed: UInt64 = 1) -> Operands {
        var generator = SeededGenerator(seed: seed)
        return Operands(
            inputs: inputs.map {
                Reference($0.shape, $0.draw.values($0.shape.count, channels: $0.shape.c, using: &generator))
            },
            weights: weights.map { $0.draw.values($0.count, channels: $0.count, using: &generator) })
    }
}

/// Values for an operation's arguments, all of them float32 numbers; weights in the layout of a weight file.
package struct Operands: Sendable {
    package var inputs: [Reference]
    package var weights: [[Double]]
}
