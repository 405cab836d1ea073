import NeuralNet
import Tensors

extension OperationCases {
    static let norms =
        normWidths.map { norm(Shape(1, 8, 6, $0), slope: 1) } + normWidths.map { norm(Shape(2, 4, 8, $0), slope: 0.2) }
        + normTraits

    private static let normWidths = [1, 2, 4, 8, 16, 3, 5, 17, 300]

    private static let normTraits = [
        norm(Shape(1, 7, 5, 1), slope: 0.2), norm(Shape(2, 3, 5, 4), slope: 0.2),
        norm(Shape(1, 64, 48, 16), slope: 0.2),
        norm(Shape(2, 50, 40, 4), slope: 0.2), norm(Shape(2, 1, 1, 6), slope: 0.2), norm(Shape(1, 4, 4, 5), slope: 0),
        norm(Shape(2, 4, 6, 4), slope: 0.2, .firstChannelConstant),
        norm(Shape(1, 4, 6, 1), slope: 1, .firstChannelConstant),
    ]

    static func norm(_ input: Shape, slope: Float, _ draw: Draw = .awayFromZero) -> OperationCase {
        let traits = draw == .awayFromZero ? "" : " with a constant channel"
        return OperationCase(
            "instance norm, slope \(slope)\(traits)", [.init(input, draw)],
            [.vector(input.c, .positive), .vector(input.c, .small)],
            cost: OperationCost(operands: input.count + 2 * input.c, result: input.count),
            onTape: { tape, x, weights in
                tape.instanceNormLeakyReLU(
                    x[0], scale: weights[0], shift: weights[1], epsilon: 1e-6, slope: slope)
            },
            twin: { x, weights in
                Naive.instanceNormLeakyReLU(
                    x[0], scale: weights[0], shift: weights[1], epsilon: Double(Float(1e-6)), slope: Double(slope))
            }
        ).with {
            // Of so few values one can lie close to the bend of the leaky ReLU: 2.2e-5 at most in ten draws with three
            // instruction sets.
            $0.tolerance = 5e-5
        }
    }

    static let pointwise: [OperationCase] =
        [Shape(1, 1, 1, 1), Shape(2, 3, 5, 7), Shape(1, 40, 30, 17)].flatMap(pointwise) + maxPools

    private static func pointwise(_ shape: Shape) -> [OperationCase] {
        let input = OperationCase.Input(shape)
        return [
            OperationCase(
                "leaky ReLU 0.2", [input], onTape: { tape, x, _ in tape.leakyReLU(x[0], slope: 0.2) },
                twin: { x, _ in Naive.leakyReLU(x[0], slope: Double(Float(0.2))) }),
            OperationCase(
                "ReLU", [input], onTape: { tape, x, _ in tape.relu(x[0]) },
                twin: { x, _ in Naive.leakyReLU(x[0], slope: 0) }),
            OperationCase(
                "sigmoid", [input], onTape: { tape, x, _ in tape.sigmoid(x[0]) },
                twin: { x, _ in Naive.sigmoid(x[0]) }
            ).with { $0.takesSlices = false },
            OperationCase(
                "global average pool", [input], onTape: { tape, x, _ in tape.globalAveragePool(x[0]) },
                twin: { x, _ in Naive.globalAveragePool(x[0]) }),
            OperationCase(
                "channel scale", [input, .init(Shape(shape.n, 1, 1, shape.c))],
                onTape: { tape, x, _ in tape.scaleChannels(x[0], by: x[1]) },
                twin: { x, _ in Naive.scaleChannels(x[0], by: x[1]) }),
            dropout(input, rate: 0.5), dropout(input, rate: 0), dropout(input, rate: 0.3),
        ]
    }

    private static let maxPools = [Shape(1, 2, 2, 1), Shape(2, 5, 7, 3), Shape(1, 6, 4, 17), Shape(3, 3, 2, 4)].map {
        OperationCase(
            "max pool 2×2", [.init($0, .distinct)], onTape: { tape, x, _ in tape.maxPool2(x[0]) },
            twin: { x, _ in Naive.maxPool2(x[0]) })
    }

    private static func dropout(_ input: OperationCase.Input, rate: Float) -> OperationCase {
        OperationCase(
            "dropout \(rate)", [input],
            onTape: { tape, x, _ in
                var generator = SeededGenerator(seed: 11)
                return tape.dropout(x[0], rate: rate, using: &generator)
            },
            twin: { x, _ in
                var generator = SeededGenerator(seed: 11)
                let mask = x[0].values.map { _ in generator.uniform() < rate ? 0 : 1 / (1 - Double(rate)) }
                return Naive.multiply(x[0], mask)
            })
    }

    static let joins = [
        OperationCase(
            "concatenation", [.init(Shape(2, 3, 4, 1)), .init(Shape(2, 3, 4, 5)), .init(Shape(2, 3, 4, 16))],
            onTape: { tape, x, _ in tape.concatenate(x) }, twin: { x, _ in Naive.concatenate(x) }),
        OperationCase(
            "concatenation with itself", [.init(Shape(1, 3, 4, 5))],
            onTape: { tape, x, _ in tape.concatenate([x[0], x[0], tape.leakyReLU(x[0], slope: 0.2)]) },
            twin: { x, _ in Naive.concatenate([x[0], x[0], Naive.leakyReLU(x[0], slope: Double(Float(0.2)))]) }),
        OperationCase(
            "stack", [.init(Shape(2, 3, 4, 5)), .init(Shape(1, 3, 4, 5))],
            onTape: { tape, x, _ in tape.stack(x) }, twin: { x, _ in Naive.stack(x) }),
        OperationCase(
            "stack with itself", [.init(Shape(2, 3, 2, 3))], onTape: { tape, x, _ in tape.stack([x[0], x[0]]) },
            twin: { x, _ in Naive.stack([x[0], x[0]]) }),
        OperationCase(
            "join", [.init(Shape(2, 3, 4, 4)), .init(Shape(2, 6, 8, 3))],
            [
                .transposedConvolution(4, 5), .vector(5), .vector(3, .positive), .vector(3, .small),
                .convolution(3, 3, input: 3, output: 3),
            ],
            onTape: { tape, x, weights in
                let whole = Tensor(Shape(2, 6, 8, 8))
                let first = tape.convolutionNormLeakyReLU(
                    x[1], [weights[4]], scale: [weights[2]], shift: [weights[3]], epsilon: 1e-6, slope: 0.2,
                    into: whole.channels(0..<3))
                let up = tape.transposedConvolution(x[0], weights[0], bias: weights[1], into: whole.channels(3..<8))
                return tape.join(whole, parts: [first, up])
            },
            twin: { x, weights in
                Naive.concatenate([
                    Naive.instanceNormLeakyReLU(
                        Naive.convolution(
                            x[1], weight: weights[4], bias: nil, kernel: (3, 3), outputs: 3, stride: 1, padding: 1),
                        scale: weights[2], shift: weights[3], epsilon: 1e-6, slope: Double(Float(0.2))),
                    Naive.transposedConvolution(x[0], weight: weights[0], bias: weights[1], kernel: 2),
                ])
            }),
    ]
}
