import NeuralNet
import Tensors

extension OperationCases {
    static let maskedConvolutions: [OperationCase] = [
        masked(Shape(1, 6, 5, 1), encoders: 2, masks: 2, to: 3, targets: [1]),
        masked(Shape(2, 7, 16, 1), encoders: 4, masks: 4, to: 4, targets: [3, 0]),
        masked(Shape(2, 5, 9, 1), encoders: 3, masks: 4, to: 16, targets: [2, 2]),
        masked(Shape(1, 1, 1, 1), encoders: 2, masks: 3, to: 2, targets: [0]),
    ]

    private static func masked(
        _ shape: Shape, encoders: Int, masks: Int, to outputs: Int, targets: [Int]
    ) -> OperationCase {
        OperationCase(
            "masked convolution and norm, \(encoders) encoders to \(outputs)",
            Array(repeating: .init(shape), count: encoders),
            Array(repeating: .convolution(3, 3, input: 1 + masks, output: outputs), count: encoders)
                + Array(repeating: .vector(outputs, .positive), count: encoders)
                + Array(repeating: .vector(outputs, .small), count: encoders),
            onTape: { tape, x, weights in
                tape.maskedConvolutionNormLeakyReLU(
                    x, targets: targets, Array(weights[..<encoders]), scale: Array(weights[encoders..<2 * encoders]),
                    shift: Array(weights[(2 * encoders)...]), epsilon: 1e-6, slope: 0.2)
            },
            twin: { x, weights in
                var planes = Reference(Shape(shape.n, shape.h, shape.w, masks))
                for row in 0..<shape.rows { planes.values[row * masks + targets[row / shape.pixels]] = 1 }
                return Naive.concatenate(
                    (0..<encoders).map { encoder in
                        let y = Naive.convolution(
                            Naive.concatenate([x[encoder], planes]), weight: weights[encoder], bias: nil,
                            kernel: (3, 3), outputs: outputs, stride: 1, padding: 1)
                        return Naive.instanceNormLeakyReLU(
                            y, scale: weights[encoders + encoder], shift: weights[2 * encoders + encoder],
                            epsilon: Double(Float(1e-6)), slope: Double(Float(0.2)))
                    })
            }
        ).with { $0.tolerance = 2e-5 }
    }
}
