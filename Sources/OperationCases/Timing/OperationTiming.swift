import NeuralNet
import Tensors

/// How long one operation takes, and for the gradients of all its inputs and weights.
package struct OperationTiming: Sendable, Encodable {
    /// One direction.
    package struct Pass: Sendable, Encodable {
        /// Median and shortest time in ms.
        package let median: Double
        package let minimum: Double
        /// Operations of the direct algorithm in GFLOP per second of the median; nil where there are none.
        package let gflops: Double?
        /// Bytes read and written once, in GB (10⁹ bytes) per second of the median; nil where they are not known.
        package let bandwidth: Double?

        private enum CodingKeys: String, CodingKey {
            case median = "median_ms"
            case minimum = "min_ms"
            case gflops = "gflop_s"
            case bandwidth = "gb_s"
        }

        init(_ timing: Timing, flops: Double?, bytes: Double?) {
            (median, minimum) = (timing.median, timing.minimum)
            gflops = flops.flatMap { $0 > 0 ? $0 / (timing.median * 1e6) : nil }
            bandwidth = bytes.map { $0 / (timing.median * 1e6) }
        }
    }

    package let name: String
    /// Shapes of the inputs, N×H×W×C.
    package let shape: String
    package let forward: Pass
    package let gradients: Pass

    /// Times a case on random operands: each direction once untimed, then `repeats` times.
    package init(_ operation: OperationCase, repeats: Int) {
        var random = SeededGenerator(seed: 1)
        func fill(_ tensor: Tensor) {
            withPointers(to: tensor) { tensor in
                for index in 0..<tensor.shape.count { tensor.pointer[index] = random.uniform(-1...1) }
            }
        }
        let registry = ParameterRegistry()
        let parameters = operation.weights.enumerated().map { registry.parameter("weight\($0)", $1) }
        for parameter in parameters { fill(parameter.values) }
        let tensors = operation.inputs.map { Tensor($0.shape) }
        for tensor in tensors { fill(tensor) }
        func run(_ tape: Tape) -> Variable {
            let inputs = zip(tensors, operation.inputs).map { Variable($0, needsGradient: $1.isDifferentiable) }
            return operation.onTape(tape, inputs, parameters)
        }
        let forward = Timing(repeats: repeats) { _ in _ = run(Tape(recording: false)) }
        let times = (0...repeats).map { _ in
            let tape = Tape()
            let result = run(tape)
            let gradient = Tensor(result.value.shape, filledWith: 1)
            return Timing.milliseconds { tape.backward(from: result, gradient: gradient) }
        }
        name = operation.name
        shape = operation.inputs.map(\.shape.description).joined(separator: " and ")
        self.forward = Pass(forward, flops: operation.cost?.flops, bytes: operation.cost?.bytes)
        gradients = Pass(
            Timing(Array(times.dropFirst())), flops: operation.cost?.gradientFlops,
            bytes: operation.cost?.gradientBytes)
    }
}
