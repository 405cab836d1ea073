import NeuralNet
import Tensors

/// The table of operation cases.
package enum OperationCases {
    /// Everything small enough for the naive twin.
    package static let all: [OperationCase] = [
        convolutions, convolutionNorms, maskedConvolutions, dense, transposedConvolutions, norms, pointwise, joins,
        regressionBranches, losses, translation,
    ].flatMap { $0 }

    /// Shapes of a real network, too large for the twin: many chunks, blocks and bands side by side.
    package static let large = [
        convolution(Shape(2, 64, 80, 16), to: 32, kernel: (3, 3), padding: 1, bias: true),
        convolution(Shape(1, 16, 24, 128), to: 96, kernel: (3, 3), padding: 1),
        convolution(Shape(2, 96, 80, 8), to: 16, kernel: (2, 2), stride: 2),
        convolution(Shape(2, 66, 58, 8), to: 16, kernel: (4, 4), stride: 2),
        convolution(Shape(1, 80, 96, 32), to: 1, kernel: (1, 1)),
        transposedConvolution(Shape(2, 32, 40, 32), to: 16),
        norm(Shape(2, 96, 80, 8), slope: 0.2), norm(Shape(1, 96, 80, 64), slope: 0.2),
        norm(Shape(2, 61, 67, 5), slope: 0.2), border(Shape(1, 96, 80, 16), by: 3),
        doublingConvolution(Shape(1, 48, 40, 32), to: 16, kernel: 3),
        doublingConvolution(Shape(1, 48, 40, 32), to: 16, kernel: 4),
        convolution(Shape(1, 96, 80, 8), to: 16, kernel: (4, 4), stride: 2, padding: 1, bias: true),
        convolution(Shape(1, 96, 80, 16), to: 1, kernel: (7, 7), padding: 3),
    ]

    static let convolutions: [OperationCase] = threeByThree + strided + unpadded + odd + pointwiseConvolutions

    private static let pointwiseConvolutions = [
        convolution(Shape(1, 6, 5, 16), to: 1, kernel: (1, 1)),
        convolution(Shape(2, 3, 3, 5), to: 7, kernel: (1, 1), bias: true),
        convolution(Shape(1, 30, 30, 8), to: 3, kernel: (1, 1), bias: true),
        convolution(Shape(1, 5, 6, 3), to: 4, kernel: (1, 1), stride: 2),
        convolution(Shape(1, 4, 3, 2), to: 3, kernel: (1, 1), padding: 1),
        convolution(Shape(1, 10, 13, 1030), to: 1030, kernel: (1, 1)).with { $0.directions = 2 },
    ]

    private static let threeByThree = [
        convolution(Shape(1, 1, 1, 1), to: 1, kernel: (3, 3), padding: 1, bias: true),
        convolution(Shape(1, 1, 1, 5), to: 3, kernel: (3, 3), padding: 1),
        convolution(Shape(2, 1, 7, 2), to: 3, kernel: (3, 3), padding: 1),
        convolution(Shape(1, 7, 1, 2), to: 3, kernel: (3, 3), padding: 1),
        convolution(Shape(1, 7, 5, 1), to: 5, kernel: (3, 3), padding: 1, bias: true),
        convolution(Shape(3, 6, 5, 5), to: 1, kernel: (3, 3), padding: 1),
        convolution(Shape(1, 9, 8, 16), to: 16, kernel: (3, 3), padding: 1),
        convolution(Shape(2, 5, 6, 17), to: 19, kernel: (3, 3), padding: 1, bias: true),
        convolution(Shape(1, 5, 4, 3), to: 150, kernel: (3, 3), padding: 1, bias: true),
        convolution(Shape(1, 23, 29, 5), to: 7, kernel: (3, 3), padding: 1, bias: true),
        convolution(Shape(3, 16, 16, 3), to: 33, kernel: (3, 3), padding: 1),
        convolution(Shape(1, 1, 1, 16), to: 16, kernel: (3, 3), padding: 1, bias: true),
        convolution(Shape(1, 4, 4, 32), to: 48, kernel: (3, 3), padding: 1, bias: true),
        convolution(Shape(2, 13, 10, 16), to: 20, kernel: (3, 3), padding: 0),
        convolution(Shape(1, 6, 9, 20), to: 16, kernel: (3, 3), padding: 2, bias: true),
        convolution(Shape(1, 3, 270, 16), to: 16, kernel: (3, 3), padding: 1).with { $0.directions = 6 },
        convolution(Shape(1, 24, 24, 130), to: 3, kernel: (3, 3), padding: 1).with { $0.directions = 6 },
    ]

    private static let strided = [
        convolution(Shape(1, 8, 8, 4), to: 8, kernel: (2, 2), stride: 2),
        convolution(Shape(2, 7, 5, 3), to: 6, kernel: (2, 2), stride: 2),
        convolution(Shape(1, 2, 2, 1), to: 1, kernel: (2, 2), stride: 2),
        convolution(Shape(3, 4, 6, 16), to: 32, kernel: (2, 2), stride: 2),
        convolution(Shape(1, 48, 50, 3), to: 6, kernel: (2, 2), stride: 2),
        convolution(Shape(1, 8, 8, 4), to: 16, kernel: (4, 4), stride: 4),
        convolution(Shape(2, 9, 11, 1), to: 4, kernel: (4, 4), stride: 4),
        convolution(Shape(1, 4, 4, 5), to: 3, kernel: (4, 4), stride: 4, bias: true),
        convolution(Shape(1, 10, 8, 6), to: 8, kernel: (4, 4), stride: 2),
        convolution(Shape(2, 4, 4, 3), to: 5, kernel: (4, 4), stride: 2),
        convolution(Shape(3, 11, 9, 5), to: 4, kernel: (4, 4), stride: 2),
        convolution(Shape(1, 60, 58, 2), to: 3, kernel: (4, 4), stride: 2),
        convolution(Shape(2, 7, 8, 3), to: 5, kernel: (3, 3), stride: 2, padding: 1, bias: true),
    ]

    private static let unpadded = [
        convolution(Shape(1, 3, 3, 4), to: 1, kernel: (3, 3)),
        convolution(Shape(2, 7, 6, 5), to: 1, kernel: (3, 3)),
        convolution(Shape(1, 28, 26, 3), to: 4, kernel: (3, 3)),
        convolution(Shape(1, 5, 5, 8), to: 4, kernel: (5, 5)),
        convolution(Shape(2, 6, 7, 3), to: 4, kernel: (5, 5)),
    ]

    private static let odd = [
        convolution(Shape(1, 6, 7, 5), to: 4, kernel: (2, 3)),
        convolution(Shape(2, 5, 4, 3), to: 2, kernel: (2, 3), padding: 1),
        convolution(Shape(1, 2, 3, 8), to: 4, kernel: (2, 3), bias: true),
        convolution(Shape(1, 7, 8, 3), to: 5, kernel: (2, 3), stride: 2),
        convolution(Shape(3, 30, 21, 2), to: 3, kernel: (3, 2)),
        convolution(Shape(1, 4, 5, 2), to: 3, kernel: (3, 3), padding: 2),
        convolution(Shape(1, 2, 3, 2), to: 3, kernel: (3, 3), padding: 3),
        convolution(Shape(1, 6, 6, 2), to: 3, kernel: (5, 5), padding: 2, bias: true),
        weightUsedTwice,
    ]

    static let dense: [OperationCase] = [(1, 1, 1), (1, 7, 5), (3, 20, 4), (2, 516, 128)].map { n, input, output in
        OperationCase(
            "dense to \(output)", [.init(Shape(n, 1, 1, input))], [.dense(input, output), .vector(output)],
            onTape: { $0.dense($1[0], $2[0], bias: $2[1]) },
            twin: { Naive.dense($0[0], weight: $1[0], bias: $1[1]) })
    }

    static let transposedConvolutions = [
        transposedConvolution(Shape(1, 1, 1, 1), to: 1),
        transposedConvolution(Shape(1, 3, 4, 4), to: 2),
        transposedConvolution(Shape(2, 5, 3, 16), to: 8),
        transposedConvolution(Shape(1, 3, 3, 5), to: 7),
        transposedConvolution(Shape(1, 6, 5, 300), to: 3),
        transposedConvolution(Shape(3, 24, 24, 3), to: 2),
        transposedConvolution(Shape(1, 3, 4, 4), to: 2, intoSlice: true),
        transposedConvolution(Shape(2, 5, 3, 8), to: 5, intoSlice: true),
    ]

    static func convolution(
        _ input: Shape, to outputs: Int, kernel: (height: Int, width: Int), stride: Int = 1, padding: Int = 0,
        bias: Bool = false
    ) -> OperationCase {
        let height = (input.h + 2 * padding - kernel.height) / stride + 1
        let width = (input.w + 2 * padding - kernel.width) / stride + 1
        let result = input.n * height * width * outputs
        let weights = kernel.height * kernel.width * input.c * outputs
        return OperationCase(
            "convolution \(kernel.height)×\(kernel.width) stride \(stride) padding \(padding)"
                + "\(bias ? " with bias" : "") to \(outputs)",
            [.init(input)],
            [.convolution(kernel.height, kernel.width, input: input.c, output: outputs)]
                + (bias ? [.vector(outputs)] : []),
            cost: OperationCost(
                multiplyAdds: result * kernel.height * kernel.width * input.c,
                operands: input.count + weights + (bias ? outputs : 0), result: result),
            onTape: { tape, x, weights in
                tape.convolution(x[0], weights[0], bias: bias ? weights[1] : nil, stride: stride, padding: padding)
            },
            twin: { x, weights in
                Naive.convolution(
                    x[0], weight: weights[0], bias: bias ? weights[1] : nil, kernel: kernel, outputs: outputs,
                    stride: stride, padding: padding)
            })
    }

    static func transposedConvolution(
        _ input: Shape, to outputs: Int, intoSlice: Bool = false
    ) -> OperationCase {
        let output = Shape(input.n, 2 * input.h, 2 * input.w, outputs)
        return OperationCase(
            "transposed convolution\(intoSlice ? " into a slice" : "") to \(outputs)", [.init(input)],
            [.transposedConvolution(input.c, outputs), .vector(outputs)],
            cost: OperationCost(
                multiplyAdds: input.count * 4 * outputs, operands: input.count + (4 * input.c + 1) * outputs,
                result: output.count),
            onTape: { tape, x, weights in
                let target = intoSlice ? slice(output) : nil
                return tape.transposedConvolution(x[0], weights[0], bias: weights[1], into: target)
            },
            twin: { Naive.transposedConvolution($0[0], weight: $1[0], bias: $1[1], kernel: 2) })
    }

    /// Channels 3 … of a tensor with 4 more channels, all NaN.
    static func slice(_ shape: Shape) -> Tensor {
        Tensor(Shape(shape.n, shape.h, shape.w, shape.c + 4), filledWith: .nan).channels(3..<3 + shape.c)
    }

    private static let weightUsedTwice = OperationCase(
        "convolution twice with the same weight", [.init(Shape(1, 5, 4, 3))],
        [.convolution(3, 3, input: 3, output: 3), .vector(3)],
        onTape: { tape, x, weights in
            let once = tape.convolution(x[0], weights[0], bias: weights[1], padding: 1)
            return tape.convolution(once, weights[0], bias: weights[1], padding: 1)
        },
        twin: { x, weights in
            func layer(_ x: Reference) -> Reference {
                Naive.convolution(x, weight: weights[0], bias: weights[1], kernel: (3, 3), outputs: 3, padding: 1)
            }
            return layer(layer(x[0]))
        })
}
