import NeuralNet
import Tensors

/// StarGAN's discriminator: real or not for every patch, and which contrast.
struct StarGANDiscriminator {
    static let slope: Float = 0.01
    private static let layers = 6

    let parameters: [Parameter]
    private let hidden: [(weight: Parameter, bias: Parameter)]
    private let source: Parameter
    private let domain: Parameter

    /// - Parameters:
    ///   - width: channels after the first layer.
    ///   - crop: height and width of the training crop; decides the kernel that tells contrasts.
    /// - Precondition: sides of at least 64.
    init(width: Int, contrasts: Int, crop: (height: Int, width: Int)) {
        let registry = ParameterRegistry()
        hidden = (0..<Self.layers).map { layer in
            let output = width << layer
            return (
                registry.convolution(
                    "discriminator.conv\(layer).weight", kernel: (4, 4), input: layer == 0 ? 1 : output / 2,
                    output: output),
                registry.vector("discriminator.conv\(layer).bias", count: output)
            )
        }
        let deepest = width << (Self.layers - 1)
        source = registry.convolution("discriminator.source.weight", kernel: (3, 3), input: deepest, output: 1)
        domain = registry.convolution(
            "discriminator.domain.weight", kernel: (crop.height >> Self.layers, crop.width >> Self.layers),
            input: deepest, output: contrasts)
        parameters = registry.parameters
    }

    /// Judges images N,H,W,1.
    ///
    /// - Returns: source map N,h,w,1, domain logits N,1,1,contrasts, and the features after each leaky ReLU.
    func callAsFunction(
        _ x: Variable, _ tape: Tape
    ) -> (source: Variable, domain: Variable, features: [Variable]) {
        var features: [Variable] = []
        var y = x
        for layer in hidden {
            y = tape.convolution(y, layer.weight, bias: layer.bias, stride: 2, padding: 1)
            y = tape.leakyReLU(y, slope: Self.slope)
            features.append(y)
        }
        return (tape.convolution(y, source, padding: 1), tape.convolution(y, domain), features)
    }

    /// The derivative of the source map along a direction, at the image that had these features: the same convolutions
    /// without biases, each leaky ReLU with the slope that it had there.
    func derivative(along direction: Tensor, at features: [Variable], _ tape: Tape) -> Variable {
        var y = Variable(direction)
        for (layer, feature) in zip(hidden, features) {
            let slopes = Tensor(feature.shape, feature.value.array().map { $0 > 0 ? 1 : Self.slope })
            y = tape.multiply(tape.convolution(y, layer.weight, stride: 2, padding: 1), by: slopes)
        }
        return tape.convolution(y, source, padding: 1)
    }
}
