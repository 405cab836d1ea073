import NeuralNet
import Tensors

/// What the networks that translate one image into another are made of (docs/explanation/methods.md).
extension OperationCases {
    static let translation: [OperationCase] =
        borders + paddedConvolutions + doublingConvolutions + unpaddedNorms + sums

    private static let borders = [
        border(Shape(1, 2, 2, 1), by: 1), border(Shape(2, 5, 4, 3), by: 3), border(Shape(1, 4, 7, 17), by: 3),
        border(Shape(3, 30, 22, 5), by: 1), border(Shape(1, 4, 6, 2), by: 2),
    ]

    static func border(_ input: Shape, by padding: Int) -> OperationCase {
        OperationCase(
            "mirrored border of \(padding)", [.init(input)],
            cost: OperationCost(
                operands: input.count,
                result: input.n * (input.h + 2 * padding) * (input.w + 2 * padding) * input.c),
            onTape: { tape, x, _ in tape.reflectionPad(x[0], by: padding) },
            twin: { x, _ in Naive.reflectionPad(x[0], by: padding) })
    }

    private static let paddedConvolutions = [
        convolution(Shape(1, 9, 8, 1), to: 4, kernel: (7, 7), padding: 3),
        convolution(Shape(2, 7, 11, 5), to: 1, kernel: (7, 7), padding: 3, bias: true),
        convolution(Shape(1, 12, 13, 3), to: 2, kernel: (7, 7)),
        convolution(Shape(1, 40, 36, 16), to: 1, kernel: (7, 7)).with { $0.directions = 6 },
        convolution(Shape(1, 8, 10, 3), to: 5, kernel: (4, 4), stride: 2, padding: 1, bias: true),
        convolution(Shape(2, 5, 7, 4), to: 3, kernel: (4, 4), stride: 2, padding: 1, bias: true),
        convolution(Shape(1, 2, 3, 6), to: 7, kernel: (4, 4), stride: 2, padding: 1),
        convolution(Shape(1, 34, 30, 8), to: 17, kernel: (4, 4), stride: 2, padding: 1),
        convolution(Shape(1, 9, 6, 5), to: 4, kernel: (4, 4), padding: 1),
        convolution(Shape(2, 6, 8, 3), to: 1, kernel: (4, 4), padding: 1, bias: true),
        convolution(Shape(1, 8, 6, 4), to: 8, kernel: (3, 3), stride: 2, padding: 1),
        convolution(Shape(2, 9, 7, 16), to: 20, kernel: (3, 3), stride: 2, padding: 1),
        convolution(Shape(1, 6, 4, 3), to: 2, kernel: (5, 5), stride: 2, padding: 2),
        convolution(Shape(1, 3, 5, 3), to: 2, kernel: (1, 1), stride: 2, padding: 1),
    ]

    private static let doublingConvolutions = [3, 4].flatMap { kernel in
        [
            doublingConvolution(Shape(1, 1, 1, 1), to: 1, kernel: kernel),
            doublingConvolution(Shape(2, 3, 4, 5), to: 3, kernel: kernel),
            doublingConvolution(Shape(1, 5, 3, 16), to: 8, kernel: kernel),
            doublingConvolution(Shape(2, 24, 20, 4), to: 2, kernel: kernel),
            doublingConvolution(Shape(1, 6, 5, 40), to: 33, kernel: kernel),
        ]
    }

    static func doublingConvolution(_ input: Shape, to outputs: Int, kernel: Int) -> OperationCase {
        let result = 4 * input.n * input.pixels * outputs
        return OperationCase(
            "doubling convolution \(kernel)×\(kernel) to \(outputs)", [.init(input)],
            [.convolution(kernel, kernel, input: outputs, output: input.c)],
            cost: OperationCost(
                multiplyAdds: input.count * kernel * kernel * outputs,
                operands: input.count + kernel * kernel * input.c * outputs, result: result),
            onTape: { tape, x, weights in tape.doublingConvolution(x[0], adjointTo: weights[0]) },
            twin: { x, weights in
                Naive.doublingConvolution(x[0], weight: weights[0], kernel: kernel, outputs: outputs)
            })
    }

    /// As in a residual block: with the border mirrored, and the norm's scale and shift fixed.
    private static let unpaddedNorms = [(1, 6, 8, 16, 16), (2, 5, 4, 3, 2), (1, 9, 10, 20, 17)].map { n, h, w, i, o in
        OperationCase(
            "mirrored border, convolution, fixed norm to \(o)", [.init(Shape(n, h, w, i))],
            [.convolution(3, 3, input: i, output: o)],
            onTape: { tape, x, weights in
                tape.convolutionNormLeakyReLU(
                    tape.reflectionPad(x[0], by: 1), weights, scale: [.fixed(1, count: o)],
                    shift: [.fixed(0, count: o)], epsilon: 1e-5, slope: 1, padding: 0)
            },
            twin: { x, weights in
                Naive.instanceNormLeakyReLU(
                    Naive.convolution(
                        Naive.reflectionPad(x[0], by: 1), weight: weights[0], bias: nil, kernel: (3, 3), outputs: o),
                    scale: Array(repeating: 1, count: o), shift: Array(repeating: 0, count: o),
                    epsilon: Double(Float(1e-5)), slope: 1)
            }
        ).with { $0.tolerance = 2e-5 }
    }

    private static let sums: [OperationCase] = [Shape(1, 1, 1, 1), Shape(2, 3, 5, 7), Shape(1, 40, 30, 17)].flatMap {
        shape in
        [
            OperationCase(
                "sum of two", [.init(shape), .init(shape)], onTape: { tape, x, _ in tape.add(x[0], x[1]) },
                twin: { x, _ in Naive.add(x[0], x[1]) }),
            OperationCase(
                "sum with a value made of it", [.init(shape)],
                onTape: { tape, x, _ in tape.add(tape.leakyReLU(x[0], slope: 0.2), x[0]) },
                twin: { x, _ in Naive.add(Naive.leakyReLU(x[0], slope: Double(Float(0.2))), x[0]) }),
            OperationCase(
                "product with fixed factors", [.init(shape), .init(shape, isDifferentiable: false)],
                onTape: { tape, x, _ in tape.multiply(x[0], by: x[1].value) },
                twin: { x, _ in Naive.multiply(x[0], x[1].values) }),
            OperationCase(
                "tanh", [.init(shape)], onTape: { tape, x, _ in tape.tanh(x[0]) }, twin: { x, _ in Naive.tanh(x[0]) }),
            OperationCase(
                "mean", [.init(shape, .positive)], onTape: { tape, x, _ in tape.mean(x[0]) },
                twin: { x, _ in Naive.mean(x[0].values) }),
        ]
    }
}
