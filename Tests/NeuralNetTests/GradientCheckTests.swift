import NeuralNet
import OperationCases
import Tensors
import TestSupport
import Testing

/// The gradient check must report operations whose result is right and whose gradient is wrong.
@Suite struct GradientCheckTests {
    enum Fault: String, CaseIterable {
        /// Every gradient 1 % too large.
        case scaled
        /// The gradient of the first channel of the result 1 % too large.
        case oneChannelScaled
        /// No gradient at all.
        case lost
    }

    /// One case per family of operations.
    static let representatives = [
        "convolution 3×3", "convolution 4×4", "dense", "transposed", "instance norm, slope 0.2", "leaky", "sigmoid",
        "global",
        "max pool", "channel scale", "join", "mean absolute", "cross-entropy", "SSIM",
    ].map { prefix in OperationCases.all.last { $0.name.hasPrefix(prefix) }! }

    @Test(arguments: representatives, Fault.allCases)
    func plantedFaultsAreFound(_ operation: OperationCase, _ fault: Fault) {
        let sound = GradientCheck(operation)
        #expect(sound.failures(beyond: operation.tolerance) == [])

        let faulty = GradientCheck(planting(fault, in: operation))
        #expect(faulty.forward < 1e-5, "the fault is in the gradient alone")
        let failures = faulty.failures(beyond: 10 * operation.tolerance)
        // A single channel of the result need not depend on every operand.
        #expect(fault == .oneChannelScaled ? !failures.isEmpty : failures.count == faulty.gradients.count)
        for (name, error) in faulty.gradients {
            switch fault {
            case .scaled: #expect(abs(error - 0.01) < 1e-4, "\(name)")
            case .oneChannelScaled: #expect(error < 0.011, "\(name)")
            case .lost: #expect(abs(error - 1) < 1e-9, "\(name)")
            }
        }
    }

    @Test func wrongResultsAreFound() {
        let operation = OperationCases.all[0].with { operation in
            let twin = operation.twin
            operation.twin = { twin($0, $1).mapped { $0 * 1.0001 } }
        }
        #expect(GradientCheck(operation).failures(beyond: operation.tolerance).contains { $0.hasPrefix("result") })
    }

    /// The operation's result y as a·y − (a − 1)·stopped(y): the same value, but a times its gradient.
    private func planting(_ fault: Fault, in operation: OperationCase) -> OperationCase {
        operation.with { faulty in
            faulty.onTape = { tape, inputs, weights in
                let y = operation.onTape(tape, inputs, weights)
                let stopped = Variable(y.value)
                let channels = y.value.shape.c
                let sum = ParameterRegistry().convolution("sum", kernel: (1, 1), input: 2 * channels, output: channels)
                var values = [Float](repeating: 0, count: 2 * channels * channels)
                for channel in 0..<channels {
                    let factor: Float
                    switch fault {
                    case .scaled: factor = 1.01
                    case .oneChannelScaled: factor = channel == 0 ? 1.01 : 1
                    case .lost: factor = 0
                    }
                    values[channel * 2 * channels + channel] = factor
                    values[channel * 2 * channels + channels + channel] = 1 - factor
                }
                sum.setFileValues(values, into: sum.values)
                sum.isFrozen = true
                return tape.convolution(tape.concatenate([y, stopped]), sum)
            }
        }
    }
}
