import NeuralNet
import Tensors

/// Which encoders run, and the layers after which their features are joined.
///
/// An encoder that sees an empty image gives the same features for every slice. What they add to the next convolutions
/// is then the same image every time, and only the other channels need computing.
struct Route {
    /// A convolution that reads some of its inputs, plus what the others contribute.
    struct JoiningLayer {
        let layer: ConvNormReLU
        let addend: Tensor?

        func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable { [layer](x, tape, addend: addend) }
    }

    let encoders: [Int]
    let bottleneck: JoiningLayer
    /// First convolutions of level 0 … 3.
    let decoder: [JoiningLayer]

    /// All encoders.
    init(_ generator: Generator) {
        encoders = Array(generator.encoders.indices)
        bottleneck = JoiningLayer(layer: generator.bottleneck.first, addend: nil)
        decoder = generator.decoder.map { JoiningLayer(layer: $0.first, addend: nil) }
    }

    /// The encoders of `inputs` for slices of one size; the others see an empty image.
    init(
        _ generator: Generator, target: Int, inputs: [Int], height: Int, width: Int, precision: Precision
    ) {
        let empty = generator.encoders.indices.filter { !inputs.contains($0) }
        guard !empty.isEmpty else {
            self.init(generator)
            return
        }
        let tape = Tape(recording: false, precision: precision)
        let image = Variable(Tensor(Shape(1, height, width, 1), filledWith: 0))
        let (skipConnections, deep) = generator.encode(empty.map { _ in image }, targets: [target], empty, tape) { _ in
            nil
        }
        func layer(_ whole: ConvNormReLU, _ features: Variable, width: Int, rest: Range<Int>) -> JoiningLayer {
            func ranges(_ encoders: [Int]) -> [Range<Int>] { encoders.map { $0 * width..<($0 + 1) * width } }
            return JoiningLayer(
                layer: whole.reading(ranges(inputs) + [rest]),
                addend: tape.convolution(features, whole.weight.inputs(ranges(empty)), padding: 1).value)
        }
        let own = generator.encoderWidth
        self.init(
            encoders: inputs, bottleneck: layer(generator.bottleneck.first, deep, width: 16 * own, rest: 0..<0),
            decoder: (0..<4).map { depth in
                let encoded = generator.encoders.count * own << depth
                return layer(
                    generator.decoder[depth].first, skipConnections[depth], width: own << depth,
                    rest: encoded..<encoded + generator.ngf << depth)
            })
    }

    private init(encoders: [Int], bottleneck: JoiningLayer, decoder: [JoiningLayer]) {
        (self.encoders, self.bottleneck, self.decoder) = (encoders, bottleneck, decoder)
    }
}

/// A generator made ready to synthesise one contrast of many slices of one size: filters transformed, and what encoders
/// of empty images contribute computed, once.
final class PreparedGenerator {
    private let generator: Generator
    private let route: Route
    private let target: Int
    private let filters: FilterCache

    /// - Parameters:
    ///   - inputs: contrasts that there are images of, in ascending order.
    ///   - height: of the slices, a multiple of 16, as is `width`.
    init(
        _ generator: Generator, target: Int, inputs: [Int], height: Int, width: Int, precision: Precision = .float32
    ) {
        (self.generator, self.target) = (generator, target)
        filters = FilterCache(precision: precision, keepingUpTo: 24 << 20)
        route = Route(
            generator, target: target, inputs: inputs, height: height, width: width, precision: precision)
        BufferPool.shared.trim()
    }

    /// Images N,H,W,1 of the inputs → N,H,W,1.
    func callAsFunction(_ images: [Tensor]) -> Tensor {
        let tape = Tape(recording: false, filters: filters)
        let targets = Array(repeating: target, count: images[0].shape.n)
        return generator.run(images.map { Variable($0) }, targets: targets, route, tape).value
    }
}
