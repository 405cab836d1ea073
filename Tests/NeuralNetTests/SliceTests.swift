import NeuralNet
import Tensors
import Testing

/// Results written into a channel slice leave the neighbouring channels as they were.
@Suite struct SliceTests {
    private static let sentinel: Float = -12345.678

    @Test(arguments: [1, 2, 4, 5, 8, 16, 300], [1, 2])
    func convolutionNorm(channels: Int, images: Int) {
        let registry = ParameterRegistry()
        let (scale, shift) = (registry.vector("s", count: channels), registry.vector("b", count: channels))
        scale.setFileValues(Array(repeating: 1, count: channels), into: scale.values)
        let weight = registry.convolution("w", kernel: (3, 3), input: 16, output: channels)
        weight.setFileValues((0..<weight.count).map { Float($0 % 7) }, into: weight.values)
        let x = random(Shape(images, 5, 9, 16))
        expectOnlySliceWritten(Shape(images, 5, 9, channels)) { tape, target in
            tape.convolutionNormLeakyReLU(
                Variable(x, needsGradient: true), [weight], scale: [scale], shift: [shift], epsilon: 1e-6, slope: 0.2,
                into: target)
        }
    }

    @Test(arguments: [1, 3, 8, 16, 300], [1, 2])
    func transposedConvolution(channels: Int, images: Int) {
        let registry = ParameterRegistry()
        let weight = registry.transposedConvolution("w", kernel: 2, input: 3, output: channels)
        let bias = registry.vector("b", count: channels)
        weight.setFileValues([Float](repeating: 0.5, count: weight.count), into: weight.values)
        bias.setFileValues([Float](repeating: 9, count: bias.count), into: bias.values)
        let x = random(Shape(images, 5, 3, 3))
        expectOnlySliceWritten(Shape(images, 10, 6, channels)) { tape, target in
            tape.transposedConvolution(Variable(x, needsGradient: true), weight, bias: bias, into: target)
        }
    }

    private func expectOnlySliceWritten(_ shape: Shape, _ operation: (Tape, Tensor) -> Variable) {
        for (before, after) in [(0, 3), (3, 0), (2, 5), (0, 0)] {
            // One more image on either side shows whether whole rows are overrun.
            let wide = Shape(shape.n + 2, shape.h, shape.w, before + shape.c + after)
            let whole = Tensor(wide, filledWith: Self.sentinel)
            let slice = whole.images(1..<1 + shape.n).channels(before..<before + shape.c)
            let tape = Tape()
            let result = operation(tape, slice)
            tape.backward(from: tape.meanSquaredError(result, from: 1))
            let values = whole.array()
            var (outside, inside) = (0, 0)
            for row in 0..<wide.rows {
                let isBatch = (shape.pixels..<shape.pixels * (1 + shape.n)).contains(row)
                for channel in 0..<wide.c {
                    let isSlice = isBatch && (before..<before + shape.c).contains(channel)
                    let isSentinel = values[row * wide.c + channel] == Self.sentinel
                    if isSlice && isSentinel { inside += 1 }
                    if !isSlice && !isSentinel { outside += 1 }
                }
            }
            #expect(outside == 0, "values beside the slice were written")
            #expect(inside == 0, "values of the slice were not written")
        }
    }

    private func random(_ shape: Shape) -> Tensor {
        var generator = SeededGenerator(seed: 2)
        return Tensor(shape, (0..<shape.count).map { _ in generator.uniform(-1...1) })
    }
}
