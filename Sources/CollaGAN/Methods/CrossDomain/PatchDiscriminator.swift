import NeuralNet
import Tensors

/// PatchGAN: tells for every patch of an image whether it is real (Isola, Zhu, Zhou, Efros, CVPR 2017,
/// arXiv:1611.07004; three layers that halve).
struct PatchDiscriminator {
    private static let slope: Float = 0.2

    private let first: (weight: Parameter, bias: Parameter)
    private let middle: [(weight: Parameter, scale: Parameter, shift: Parameter)]
    private let last: (weight: Parameter, bias: Parameter)

    /// - Parameters:
    ///   - inputs: channels of the input: the image, and what it was made of where that is judged, too.
    ///   - width: channels after the first layer.
    init(_ registry: ParameterRegistry, _ prefix: String, inputs: Int, width: Int) {
        func convolution(_ name: String, _ input: Int, _ output: Int) -> Parameter {
            registry.convolution("\(prefix).\(name).weight", kernel: (4, 4), input: input, output: output)
        }
        func biased(_ name: String, _ input: Int, _ output: Int) -> (weight: Parameter, bias: Parameter) {
            (convolution(name, input, output), registry.vector("\(prefix).\(name).bias", count: output))
        }
        first = biased("conv0", inputs, width)
        middle = (1...3).map { layer in
            let output = width << layer
            return (
                convolution("conv\(layer)", output / 2, output), .fixed(1, count: output), .fixed(0, count: output)
            )
        }
        last = biased("conv4", 8 * width, 1)
    }

    /// N,H,W,C → a map N,h,w,1.
    func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable {
        var y = tape.convolution(x, first.weight, bias: first.bias, stride: 2, padding: 1)
        y = tape.leakyReLU(y, slope: Self.slope)
        for (index, layer) in middle.enumerated() {
            y = tape.convolution(y, layer.weight, stride: index < 2 ? 2 : 1, padding: 1)
            y = tape.instanceNormLeakyReLU(
                y, scale: layer.scale, shift: layer.shift, epsilon: normEpsilon, slope: Self.slope)
        }
        return tape.convolution(y, last.weight, bias: last.bias, padding: 1)
    }
}
