import NeuralNet
import Tensors

/// CNR: convolution 3×3 with zero padding 1 and bias → instance norm (affine, ε 1e-6) → leaky ReLU 0.2.
///
/// The norm subtracts the mean, and the bias with it: the bias has no effect and no gradient. It is part of the weight
/// file, but leaving it out of the sum saves a pass over memory and its rounding.
struct ConvNormReLU {
    let weight: Parameter
    let scale: Parameter
    let shift: Parameter

    /// The `index`-th (1 or 2) of a level.
    init(_ registry: ParameterRegistry, _ prefix: String, _ index: Int, input: Int, output: Int) {
        weight = registry.convolution(
            "\(prefix).conv\(index).weight", kernel: (3, 3), input: input, output: output)
        _ = registry.vector("\(prefix).conv\(index).bias", count: output)
        scale = registry.vector("\(prefix).norm\(index).weight", count: output, filledWith: 1)
        shift = registry.vector("\(prefix).norm\(index).bias", count: output)
    }

    private init(weight: Parameter, scale: Parameter, shift: Parameter) {
        (self.weight, self.scale, self.shift) = (weight, scale, shift)
    }

    /// The same layer for some of its input channels.
    func reading(_ inputs: [Range<Int>]) -> ConvNormReLU {
        ConvNormReLU(weight: weight.inputs(inputs), scale: scale, shift: shift)
    }

    func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable { [self](x, tape) }
}

extension [ConvNormReLU] {
    /// The same layer of several encoders side by side: encoder e's channels follow those of encoder e − 1.
    ///
    /// - Parameter target: where the raw values go, if not to memory of their own.
    func callAsFunction(
        _ x: Variable, _ tape: Tape, addend: Tensor? = nil, into target: Tensor? = nil
    ) -> Variable {
        tape.convolutionNormLeakyReLU(
            x, map(\.weight), scale: map(\.scale), shift: map(\.shift), epsilon: 1e-6, slope: leakySlope,
            addend: addend, into: target)
    }
}

extension [ConvNormReLU] {
    /// The encoders' first layer: each sees its image and the mask planes of the samples' targets.
    func masked(_ images: [Variable], targets: [Int], _ tape: Tape) -> Variable {
        tape.maskedConvolutionNormLeakyReLU(
            images, targets: targets, map(\.weight), scale: map(\.scale), shift: map(\.shift), epsilon: 1e-6,
            slope: leakySlope)
    }
}

/// CCAM, conditional channel attention: pooled features and the one-hot target decide a factor in 0…1 per channel.
struct ChannelAttention {
    let layers: [(weight: Parameter, bias: Parameter)]

    init(_ registry: ParameterRegistry, _ prefix: String, channels: Int, contrasts: Int) {
        let widths = [contrasts + channels, channels / 4, channels / 4, channels]
        layers = (1...3).map { index in
            (
                registry.dense("\(prefix).fc\(index).weight", input: widths[index - 1], output: widths[index]),
                registry.vector("\(prefix).fc\(index).bias", count: widths[index])
            )
        }
    }

    /// `oneHot` is N,1,1,contrasts.
    func callAsFunction(_ x: Variable, oneHot: Variable, _ tape: Tape) -> Variable {
        var y = tape.concatenate([oneHot, tape.globalAveragePool(x)])
        y = tape.leakyReLU(tape.dense(y, layers[0].weight, bias: layers[0].bias), slope: leakySlope)
        y = tape.leakyReLU(tape.dense(y, layers[1].weight, bias: layers[1].bias), slope: leakySlope)
        y = tape.sigmoid(tape.dense(y, layers[2].weight, bias: layers[2].bias))
        return tape.scaleChannels(x, by: y)
    }
}

let leakySlope: Float = 0.2
