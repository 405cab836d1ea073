import NeuralNet
import Tensors

extension OperationCases {
    /// Odd sizes, one tile, one pixel; groups that are merged, groups that are not; channels that fill no vector.
    static let convolutionNorms: [OperationCase] = [
        convolutionNorm(1, 8, 8, groups: 1, of: 16, to: 16),
        convolutionNorm(2, 5, 7, groups: 1, of: 17, to: 19),
        convolutionNorm(1, 4, 4, groups: 1, of: 40, to: 33),
        convolutionNorm(1, 2, 3, groups: 1, of: 16, to: 24),
        convolutionNorm(2, 9, 6, groups: 4, of: 4, to: 4),
        convolutionNorm(1, 12, 10, groups: 4, of: 8, to: 16),
        convolutionNorm(2, 6, 11, groups: 2, of: 16, to: 16),
        convolutionNorm(1, 7, 9, groups: 3, of: 20, to: 17),
        convolutionNorm(1, 9, 8, groups: 4, of: 5, to: 2),
        convolutionNorm(2, 6, 5, groups: 2, of: 3, to: 7),
        convolutionNorm(2, 6, 11, groups: 2, of: 16, to: 16, intoSlice: true),
        convolutionNorm(1, 6, 6, groups: 2, of: 3, to: 5, intoSlice: true),
        twoLevels,
    ]

    private static func convolutionNorm(
        _ n: Int, _ h: Int, _ w: Int, groups: Int, of inputs: Int, to outputs: Int, intoSlice: Bool = false
    ) -> OperationCase {
        let all = groups * outputs
        return OperationCase(
            "convolution and norm\(intoSlice ? " into a slice" : ""), \(groups) × \(inputs) to \(outputs)",
            [.init(Shape(n, h, w, groups * inputs))],
            Array(repeating: .convolution(3, 3, input: inputs, output: outputs), count: groups)
                + Array(repeating: .vector(outputs, .positive), count: groups)
                + Array(repeating: .vector(outputs, .small), count: groups),
            onTape: { tape, x, weights in
                tape.convolutionNormLeakyReLU(
                    x[0], Array(weights[..<groups]), scale: Array(weights[groups..<2 * groups]),
                    shift: Array(weights[(2 * groups)...]), epsilon: 1e-6, slope: 0.2,
                    into: intoSlice ? slice(Shape(n, h, w, all)) : nil)
            },
            twin: { x, weights in
                groupedNorm(
                    x[0], groups: groups, of: inputs, to: outputs, weights: Array(weights[..<groups]),
                    scales: Array(weights[groups..<2 * groups]), shifts: Array(weights[(2 * groups)...]))
            }
        ).with { $0.tolerance = 2e-5 }
    }

    private static func groupedNorm(
        _ x: Reference, groups: Int, of inputs: Int, to outputs: Int, weights: [[Double]], scales: [[Double]],
        shifts: [[Double]]
    ) -> Reference {
        Naive.concatenate(
            (0..<groups).map { group in
                let y = Naive.convolution(
                    Naive.channels(x, group * inputs..<(group + 1) * inputs), weight: weights[group], bias: nil,
                    kernel: (3, 3), outputs: outputs, stride: 1, padding: 1)
                return Naive.instanceNormLeakyReLU(
                    y, scale: scales[group], shift: shifts[group], epsilon: Double(Float(1e-6)),
                    slope: Double(Float(0.2)))
            })
    }

    /// An activation that is still pending is read by a convolution, a strided one, a pool and a factor per channel.
    private static let twoLevels = OperationCase(
        "pending activation read by every kind of layer",
        [.init(Shape(2, 8, 6, 16)), .init(Shape(2, 1, 1, 16), .positive)],
        [
            .convolution(3, 3, input: 16, output: 16), .vector(16, .positive), .vector(16, .small),
            .convolution(3, 3, input: 16, output: 20),
            .vector(20, .positive), .vector(20, .small), .convolution(2, 2, input: 20, output: 6),
            .transposedConvolution(6, 4),
            .vector(4), .convolution(1, 1, input: 20, output: 3),
        ],
        onTape: { tape, x, w in
            var y = tape.convolutionNormLeakyReLU(
                x[0], [w[0]], scale: [w[1]], shift: [w[2]], epsilon: 1e-6, slope: 0.2)
            y = tape.scaleChannels(y, by: x[1])
            let z = tape.convolutionNormLeakyReLU(y, [w[3]], scale: [w[4]], shift: [w[5]], epsilon: 1e-6, slope: 0.2)
            let down = tape.stridedConvolution(z, groups: [w[6]])
            let up = tape.transposedConvolution(down, w[7], bias: w[8])
            return tape.concatenate([
                up, tape.convolution(z, w[9]), z, tape.scaleChannels(y, by: tape.globalAveragePool(y)),
            ])
        },
        twin: { x, w in
            let epsilon = Double(Float(1e-6))
            let slope = Double(Float(0.2))
            func layer(
                _ x: Reference, _ weight: [Double], scale: [Double], shift: [Double], to: Int
            ) -> Reference {
                Naive.instanceNormLeakyReLU(
                    Naive.convolution(
                        x, weight: weight, bias: nil, kernel: (3, 3), outputs: to, stride: 1, padding: 1),
                    scale: scale, shift: shift, epsilon: epsilon, slope: slope)
            }
            let y = Naive.scaleChannels(layer(x[0], w[0], scale: w[1], shift: w[2], to: 16), by: x[1])
            let z = layer(y, w[3], scale: w[4], shift: w[5], to: 20)
            let down = Naive.convolution(z, weight: w[6], bias: nil, kernel: (2, 2), outputs: 6, stride: 2, padding: 0)
            let up = Naive.transposedConvolution(down, weight: w[7], bias: w[8], kernel: 2)
            let head = Naive.convolution(z, weight: w[9], bias: nil, kernel: (1, 1), outputs: 3, stride: 1, padding: 0)
            return Naive.concatenate([up, head, z, Naive.scaleChannels(y, by: Naive.globalAveragePool(y))])
        }
    ).with {
        $0.tolerance = 2e-5
        $0.directions = 6
    }
}

extension Naive {
    /// Some channels of every pixel.
    static func channels(_ x: Reference, _ range: Range<Int>) -> Reference {
        let s = x.shape
        return Reference(
            Shape(s.n, s.h, s.w, range.count),
            (0..<s.rows).flatMap { row in range.map { x.values[row * s.c + $0] } })
    }
}
