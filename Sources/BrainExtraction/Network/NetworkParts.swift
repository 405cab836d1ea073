import NeuralNet
import Tensors

/// Two 3×3×3 convolutions with norms beside a shortcut; ReLU after their sum.
struct ResidualBlock: Sendable {
    private let convolutions: [VolumeConvolution]
    /// 1×1×1 with a norm where the shape changes.
    private let shortcut: VolumeConvolution?

    init(_ weights: NetworkWeights, _ name: String, _ inputs: Int, _ outputs: Int, stride: Int) throws(ModelError) {
        convolutions = [
            try weights.convolution("\(name).convolution0", size: 3, inputs, outputs, stride: stride, padding: 1),
            try weights.convolution("\(name).convolution1", size: 3, outputs, outputs, padding: 1),
        ]
        shortcut =
            stride == 1 ? nil : try weights.convolution("\(name).shortcut", size: 1, inputs, outputs, stride: stride)
    }

    func callAsFunction(_ volume: Tensor) -> Tensor {
        let residual = shortcut.map { normalised($0, volume, .none) } ?? volume
        let first = normalised(convolutions[0], volume, .relu)
        return normalised(convolutions[1], first, .plusReLU(residual))
    }
}

/// A quarter of the channels (1×1×1), a transposed 3×3×3 convolution, the level's channels (1×1×1), each with norm and ReLU; then what
/// the encoder had there is added.
struct Decoder: Sendable {
    private let reduce: VolumeConvolution
    private let expand: VolumeTransposedConvolution
    private let restore: VolumeConvolution

    init(_ weights: NetworkWeights, _ name: String, _ inputs: Int, _ outputs: Int, stride: Int) throws(ModelError) {
        let few = inputs / 4
        reduce = try weights.convolution("\(name).reduce", size: 1, inputs, few)
        expand = try weights.transposed("\(name).expand", size: 3, few, few, stride: stride, padding: 1)
        restore = try weights.convolution("\(name).restore", size: 1, few, outputs)
    }

    func callAsFunction(_ volume: Tensor, adding skipped: Tensor) -> Tensor {
        let expanded = expand(normalised(reduce, volume, .relu))
        VolumeNorm(expanded).apply(to: expanded, .relu)
        return normalised(restore, expanded, .reluPlus(skipped))
    }
}

/// From the first level's features to the difference of the two classes' logits.
struct Head: Sendable {
    private let expand: VolumeTransposedConvolution
    private let convolution: VolumeConvolution
    private let difference: VolumeTransposedConvolution

    init(_ weights: NetworkWeights) throws(ModelError) {
        expand = try weights.transposed("head.expand", size: 3, 16, 8, stride: 2, padding: 1)
        convolution = try weights.convolution("head.convolution", size: 3, 8, 8, padding: 1)
        // Class 1 is brain.
        let classes = try weights.values("head.classes.weight", [2, 2, 2, 8, 2])
        let bias = try weights.values("head.classes.bias", [2])
        difference = VolumeTransposedConvolution(
            stride(from: 0, to: classes.count, by: 2).map { classes[$0 + 1] - classes[$0] }, size: 2, inputs: 8,
            outputs: 1, stride: 2, padding: 0, bias: [bias[1] - bias[0]])
    }

    func callAsFunction(_ volume: Tensor) -> Tensor {
        difference(features(volume))
    }

    /// The first result is gone before the last one is made: these are as large as the whole volume.
    private func features(_ volume: Tensor) -> Tensor {
        let expanded = expand(volume)
        VolumeNorm(expanded).apply(to: expanded, .relu)
        return normalised(convolution, expanded, .relu)
    }
}

/// A convolution, its norm, an activation.
private func normalised(
    _ convolution: VolumeConvolution, _ volume: Tensor, _ activation: VolumeNorm.Activation
) -> Tensor {
    let result = convolution(volume)
    VolumeNorm(result).apply(to: result, activation)
    return result
}
