import NeuralNet
import OperationCases
import Tensors

/// Result and gradients of one pass through an operation, for the loss Σ sign · result with fixed random signs.
package struct OperationRun: Sendable, Equatable {
    /// Where operands lie.
    package enum Placement: String, Sendable, CaseIterable {
        /// Tensors of their own.
        case contiguous
        /// Inputs are channel slices of wider tensors filled with NaN; the result's gradient arrives as a slice, too.
        case slices
    }

    package var output: [Float]
    /// Per input; nil where none was computed.
    package var inputGradients: [[Float]?]
    /// Per weight, in the layout of a weight file; nil where none was computed.
    package var weightGradients: [[Float]?]
    /// True when the result was recorded for differentiation.
    package var wasRecorded: Bool
    /// False when an operation wrote beside the slice it was given.
    package var neighboursAreIntact: Bool

    /// Largest relative L2 error of result and gradients; infinity where only one of the two has a gradient.
    package func difference(from other: OperationRun) -> Double {
        let gradients = zip(inputGradients + weightGradients, other.inputGradients + other.weightGradients)
        var largest = relativeError(output, other.output.map { Double($0) })
        for (own, reference) in gradients where own != nil || reference != nil {
            guard let own, let reference else { return .infinity }
            largest = max(largest, relativeError(own, reference.map { Double($0) }))
        }
        return largest
    }

    /// +1 and −1 at random, the same for the same count.
    package static func signs(_ count: Int) -> [Double] {
        var generator = SeededGenerator(seed: 0x5163_4E5)
        return (0..<count).map { _ in generator.next() & 1 == 0 ? 1 : -1 }
    }
}

extension OperationCase {
    /// Runs the operation forwards and backwards.
    ///
    /// - Parameters:
    ///   - areFrozen: whether the weights are.
    ///   - areData: whether no input wants a gradient.
    ///   - passes: how often the weights' gradients are accumulated.
    package func run(
        _ operands: Operands, _ placement: OperationRun.Placement = .contiguous, areFrozen: Bool = false,
        areData: Bool = false, isRecording: Bool = true, passes: Int = 1, precision: Precision = .float32
    ) -> OperationRun {
        let registry = ParameterRegistry()
        let parameters = weights.enumerated().map { index, weight in
            let parameter = registry.parameter("weight\(index)", weight)
            parameter.setFileValues(operands.weights[index].map { Float($0) }, into: parameter.values)
            parameter.isFrozen = areFrozen
            return parameter
        }
        var run: OperationRun?
        for _ in 0..<passes {
            let placed = operands.inputs.map { PlacedInput($0, placement) }
            let variables = zip(placed, inputs).map {
                Variable($0.tensor, needsGradient: $1.isDifferentiable && !areData)
            }
            let tape = Tape(recording: isRecording, precision: precision)
            let result = onTape(tape, variables, parameters)
            let output = result.value.array()
            let scale = backward(from: result, placement, tape)
            func scaled(_ gradient: [Float]?) -> [Float]? { gradient?.map { $0 * scale } }
            run = OperationRun(
                output: output, inputGradients: variables.map { scaled($0.gradient?.array()) },
                weightGradients: parameters.map { parameter in
                    scaled(parameter.gradient.map { parameter.fileValues(of: $0) })
                },
                wasRecorded: result.needsGradient, neighboursAreIntact: placed.allSatisfy(\.neighboursAreIntact))
        }
        return run!
    }

    /// Differentiates the mean of sign · result (a mean absolute error from far away); returns the number of values it
    /// is taken over, with which gradients are to be multiplied.
    private func backward(from result: Variable, _ placement: OperationRun.Placement, _ tape: Tape) -> Float {
        let shape = result.value.shape
        let extra = placement == .slices ? 3 : 0
        var whole = result
        if extra > 0 {
            let padding = Tensor(Shape(shape.n, shape.h, shape.w, extra), filledWith: 0)
            whole = tape.concatenate([Variable(padding), result])
        }
        let signs = OperationRun.signs(shape.count)
        let truth = Tensor(whole.value.shape, filledWith: 0)
        withPointers(to: truth) { truth in
            for row in 0..<shape.rows {
                for channel in 0..<shape.c {
                    truth.row(row)[extra + channel] = Float(signs[row * shape.c + channel] * -1e6)
                }
            }
        }
        let loss = tape.meanAbsoluteError(whole, truth)
        if loss.needsGradient { tape.backward(from: loss) }
        return Float(whole.value.shape.count)
    }
}

/// An input tensor and, where it is a slice, the wider tensor around it.
private struct PlacedInput {
    let tensor: Tensor
    private let whole: Tensor?
    private static let before = 2
    private static let after = 3

    init(_ input: Reference, _ placement: OperationRun.Placement) {
        let values = input.values.map { Float($0) }
        guard placement == .slices else {
            (tensor, whole) = (Tensor(input.shape, values), nil)
            return
        }
        let s = input.shape
        let wide = Tensor(Shape(s.n, s.h, s.w, Self.before + s.c + Self.after), filledWith: .nan)
        tensor = wide.channels(Self.before..<Self.before + s.c)
        withPointers(to: tensor) { tensor in
            for row in 0..<s.rows {
                for channel in 0..<s.c { tensor.row(row)[channel] = values[row * s.c + channel] }
            }
        }
        whole = wide
    }

    var neighboursAreIntact: Bool {
        guard let whole else { return true }
        return whole.array().enumerated().allSatisfy { place, value in
            (Self.before..<whole.shape.c - Self.after).contains(place % whole.shape.c) || value.isNaN
        }
    }
}
