import BrainExtraction
import TestSupport
import Tensors
import Testing

/// The layers of volumes against naive twins in float64.
struct LayerTests {
    struct Case: CustomTestStringConvertible {
        let shape: Shape
        let outputs: Int
        let size: Int
        let stride: Int
        let padding: Int

        init(_ shape: Shape, _ outputs: Int, size: Int, stride: Int = 1, padding: Int = 0) {
            (self.shape, self.outputs, self.size, self.stride, self.padding) = (shape, outputs, size, stride, padding)
        }

        var testDescription: String { "\(shape) → \(outputs), \(size)³ / \(stride), padding \(padding)" }

        func weights(using generator: inout SeededGenerator) -> [Float] {
            (0..<size * size * size * shape.c * outputs).map { _ in generator.uniform(-1...1) }
        }
    }

    private static let limit = 1e-6

    static let convolutions = [
        Case(Shape(5, 7, 3, 2), 3, size: 3, padding: 1), Case(Shape(9, 17, 11, 1), 16, size: 7, stride: 2, padding: 3),
        Case(Shape(4, 6, 5, 3), 40, size: 1), Case(Shape(10, 19, 9, 5), 33, size: 3, stride: 2, padding: 1),
        Case(Shape(1, 1, 1, 4), 2, size: 3, padding: 1), Case(Shape(3, 9, 2, 17), 8, size: 1, stride: 2),
        Case(Shape(2, 3, 4, 64), 70, size: 3, padding: 1), Case(Shape(6, 5, 7, 2), 1, size: 2, stride: 3),
        Case(Shape(2, 2, 3, 2), 3, size: 1, padding: 1), Case(Shape(4, 25, 3, 8), 8, size: 3, padding: 2),
    ]

    @Test(arguments: convolutions) func convolutionsAreThoseOfTheTwin(_ layer: Case) {
        var generator = SeededGenerator(seed: Spread.seed(1))
        let volume = NaiveVolume(layer.shape, using: &generator)
        let weights = layer.weights(using: &generator)
        let twin = volume.convolved(
            weights, size: layer.size, outputs: layer.outputs, stride: layer.stride, padding: layer.padding)
        let convolution = VolumeConvolution(
            weights, size: layer.size, inputs: layer.shape.c, outputs: layer.outputs, stride: layer.stride,
            padding: layer.padding)
        let error = twin.error(of: convolution(volume.tensor))
        #expect(Spread.isWithin(error, Self.limit, "3-D convolution"), "\(error)")
    }

    @Test func channelsOfAWiderVolumeAreReadWhereTheyLie() {
        var generator = SeededGenerator(seed: 2)
        let wide = NaiveVolume(Shape(4, 5, 6, 7), using: &generator)
        let slice = NaiveVolume(Shape(4, 5, 6, 3)) { wide[$0, $1, $2, $3 + 2] }
        for size in [1, 3] {
            let weights = (0..<size * size * size * 3 * 4).map { _ in generator.uniform(-1...1) }
            let convolution = VolumeConvolution(weights, size: size, inputs: 3, outputs: 4, padding: size / 2)
            #expect(convolution(wide.tensor.channels(2..<5)).array() == convolution(slice.tensor).array())
        }
    }

    static let transposed = [
        Case(Shape(3, 5, 4, 3), 5, size: 3, stride: 2, padding: 1), Case(Shape(2, 9, 3, 8), 1, size: 2, stride: 2),
        Case(Shape(4, 3, 5, 4), 4, size: 3, padding: 1), Case(Shape(3, 2, 10, 2), 35, size: 3, stride: 3),
        Case(Shape(1, 1, 1, 2), 2, size: 3, stride: 2, padding: 1),
        Case(Shape(2, 3, 4, 16), 8, size: 4, stride: 2, padding: 1),
        Case(Shape(2, 3, 2, 1), 2, size: 3, stride: 3, padding: 1),
    ]

    @Test(arguments: transposed) func transposedConvolutionsAreThoseOfTheTwin(_ layer: Case) {
        var generator = SeededGenerator(seed: Spread.seed(3))
        let volume = NaiveVolume(layer.shape, using: &generator)
        let weights = layer.weights(using: &generator)
        let bias = (0..<layer.outputs).map { _ in generator.uniform(-1...1) }
        let twin = volume.spread(
            weights, size: layer.size, outputs: layer.outputs, stride: layer.stride, padding: layer.padding, bias: bias)
        let convolution = VolumeTransposedConvolution(
            weights, size: layer.size, inputs: layer.shape.c, outputs: layer.outputs, stride: layer.stride,
            padding: layer.padding, bias: bias)
        let error = twin.error(of: convolution(volume.tensor))
        #expect(Spread.isWithin(error, Self.limit, "3-D transposed convolution"), "\(error)")
    }

    /// Also far from 0, where differences have few digits, and where a channel is constant.
    @Test(arguments: [Shape(7, 3, 5, 3), Shape(1, 1, 2, 1), Shape(11, 13, 9, 17)]) func normsAreThoseOfTheTwin(
        _ shape: Shape
    ) {
        var generator = SeededGenerator(seed: Spread.seed(4))
        var volume = NaiveVolume(shape, using: &generator)
        for place in stride(from: 0, to: volume.values.count, by: shape.c) {
            volume.values[place] = Double(Float(volume.values[place] + (shape.rows > 100 ? 100 : 1)))
            if shape.c > 2 { volume.values[place + 2] = 7 }
        }
        let other = NaiveVolume(shape, using: &generator)
        let norm = volume.normalised()
        func relu(_ x: Double) -> Double { max(0, x) }
        let cases: [(VolumeNorm.Activation, NaiveVolume)] = [
            (.none, norm), (.relu, norm.map(relu)), (.reluPlus(other.tensor), norm.map(relu) + other),
            (.plusReLU(other.tensor), (norm + other).map(relu)),
        ]
        for (activation, twin) in cases {
            let values = volume.tensor
            VolumeNorm(values).apply(to: values, activation)
            let error = twin.error(of: values)
            #expect(Spread.isWithin(error, 2e-5, "3-D instance norm"), "\(activation) \(error)")
        }
    }

    @Test(arguments: [Shape(4, 6, 8, 3), Shape(5, 7, 3, 1), Shape(1, 1, 1, 2), Shape(2, 9, 1, 20)])
    func poolsAreThoseOfTheTwin(_ shape: Shape) {
        var generator = SeededGenerator(seed: 5)
        let volume = NaiveVolume(shape, using: &generator)
        let pooled = volumeMaxPool(volume.tensor)
        let twin = volume.pooled()
        #expect(pooled.shape == twin.shape)
        #expect(pooled.array() == twin.values.map { Float($0) })
    }

    /// As PyTorch 2 takes them: most are plain, some are decided by a rounding.
    @Test func nearestVoxelsArePyTorchs() {
        #expect(NearestSampling.places(5, of: 5) == [0, 1, 2, 3, 4])
        #expect(NearestSampling.places(2, of: 4) == [1, 3])
        #expect(NearestSampling.places(7, of: 3) == [0, 0, 1, 1, 1, 2, 2])
        #expect(NearestSampling.places(3, of: 1) == [0, 0, 0])
        // (20 + ½) · 8 ÷ 164 and (23 + ½) · 8 ÷ 188 are 1; in float32 just below, but for a fused multiply-add.
        #expect(NearestSampling.places(164, of: 8)[20] == 1)
        #expect(NearestSampling.places(188, of: 8)[23] == 1)
    }
}
