import NeuralNet
import Tensors

/// A generator that turns an image into another: two halvings, residual blocks, two doublings (Johnson, Alahi,
/// Fei-Fei, ECCV 2016, arXiv:1603.08155), in the forms that StarGAN and CycleGAN gave it
/// (docs/explanation/methods.md).
struct ResidualGenerator {
    /// What differs between the methods.
    struct Style: Sendable {
        /// Whether borders are mirrored, not zero.
        let mirrorsBorders: Bool
        /// Side of the kernels that halve and double.
        let scalingKernel: Int
        /// Whether norms have a scale and a shift.
        let hasAffineNorms: Bool
        /// Whether the last convolution has a bias.
        let hasLastBias: Bool

        static let starGAN = Style(
            mirrorsBorders: false, scalingKernel: 4, hasAffineNorms: true, hasLastBias: false)
        static let cycleGAN = Style(
            mirrorsBorders: true, scalingKernel: 3, hasAffineNorms: false, hasLastBias: true)
    }

    /// A convolution and the norm after it.
    private struct Layer {
        let weight: Parameter
        let scale: Parameter
        let shift: Parameter
    }

    private let style: Style
    private let first: Layer
    private let down: [Layer]
    private let blocks: [(first: Layer, second: Layer)]
    private let up: [Layer]
    private let last: (weight: Parameter, bias: Parameter?)

    /// - Parameters:
    ///   - prefix: what the names of the weights begin with.
    ///   - inputs: channels of the input.
    ///   - width: channels after the first layer.
    init(_ registry: ParameterRegistry, _ prefix: String, _ style: Style, inputs: Int, width: Int, blocks: Int) {
        func layer(_ name: String, _ kernel: Int, _ input: Int, _ output: Int, normed: Int) -> Layer {
            let name = "\(prefix).\(name)"
            return Layer(
                weight: registry.convolution("\(name).weight", kernel: (kernel, kernel), input: input, output: output),
                scale: style.hasAffineNorms
                    ? registry.vector("\(name).norm.weight", count: normed, filledWith: 1) : .fixed(1, count: normed),
                shift: style.hasAffineNorms
                    ? registry.vector("\(name).norm.bias", count: normed) : .fixed(0, count: normed))
        }
        func convolution(_ name: String, _ kernel: Int, _ input: Int, _ output: Int) -> Layer {
            layer(name, kernel, input, output, normed: output)
        }
        /// The weight is that of the convolution whose adjoint the layer is.
        func doubling(_ name: String, _ input: Int, _ output: Int) -> Layer {
            layer(name, style.scalingKernel, output, input, normed: output)
        }
        self.style = style
        first = convolution("first", 7, inputs, width)
        down = (0..<2).map { convolution("down\($0)", style.scalingKernel, width << $0, width << ($0 + 1)) }
        self.blocks = (0..<blocks).map { block in
            (
                convolution("block\(block).conv1", 3, 4 * width, 4 * width),
                convolution("block\(block).conv2", 3, 4 * width, 4 * width)
            )
        }
        up = (0..<2).map { doubling("up\($0)", width << (2 - $0), width << (1 - $0)) }
        last = (
            registry.convolution("\(prefix).last.weight", kernel: (7, 7), input: width, output: 1),
            style.hasLastBias ? registry.vector("\(prefix).last.bias", count: 1) : nil
        )
    }

    /// Shapes of the largest weights, by name, for a look at a file before memory is taken.
    static func largest(_ prefix: String, width: Int, blocks: Int) -> [(name: String, shape: [Int])] {
        (0..<blocks).flatMap { block in
            (1...2).map { ("\(prefix).block\(block).conv\($0).weight", [4 * width, 4 * width, 3, 3]) }
        }
    }

    /// N,H,W,C → N,H,W,1 in −1 … 1.
    ///
    /// - Precondition: H and W are multiples of 4.
    func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable {
        var y = normed(wide(x, first.weight, bias: nil, tape), first, slope: 0, tape)
        for layer in down {
            y = normed(tape.convolution(y, layer.weight, stride: 2, padding: 1), layer, slope: 0, tape)
        }
        for block in blocks {
            let inner = narrow(y, block.first, slope: 0, tape)
            y = tape.add(narrow(inner, block.second, slope: 1, tape), y)
        }
        for layer in up { y = normed(tape.doublingConvolution(y, adjointTo: layer.weight), layer, slope: 0, tape) }
        return tape.tanh(wide(y, last.weight, bias: last.bias, tape))
    }

    /// Of one pass over an image.
    func multiplyAdds(height: Int, width: Int) -> Int {
        func at(_ level: Int, _ weights: [Parameter]) -> Int {
            weights.multiplyAdds(height: height, width: width, level: level)
        }
        let scaling = (0..<2).map { at($0 + 1, [down[$0].weight]) + at(2 - $0, [up[$0].weight]) }
        return at(0, [first.weight, last.weight]) + scaling.reduce(0, +)
            + at(2, blocks.flatMap { [$0.first.weight, $0.second.weight] })
    }

    private func wide(_ x: Variable, _ weight: Parameter, bias: Parameter?, _ tape: Tape) -> Variable {
        style.mirrorsBorders
            ? tape.convolution(tape.reflectionPad(x, by: 3), weight, bias: bias)
            : tape.convolution(x, weight, bias: bias, padding: 3)
    }

    private func narrow(_ x: Variable, _ layer: Layer, slope: Float, _ tape: Tape) -> Variable {
        tape.convolutionNormLeakyReLU(
            style.mirrorsBorders ? tape.reflectionPad(x, by: 1) : x, [layer.weight], scale: [layer.scale],
            shift: [layer.shift], epsilon: normEpsilon, slope: slope, padding: style.mirrorsBorders ? 0 : 1)
    }

    private func normed(_ x: Variable, _ layer: Layer, slope: Float, _ tape: Tape) -> Variable {
        tape.instanceNormLeakyReLU(x, scale: layer.scale, shift: layer.shift, epsilon: normEpsilon, slope: slope)
    }
}

/// ε of the instance norms of networks that translate.
let normEpsilon: Float = 1e-5
