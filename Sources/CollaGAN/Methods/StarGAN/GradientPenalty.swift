import NeuralNet
import Tensors

/// mean (‖∇D‖ − 1)², the norm over each image's pixels (Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville, NeurIPS 2017,
/// arXiv:1704.00028), and its gradient with respect to the discriminator's weights without a second derivative
/// (docs/explanation/methods.md).
struct GradientPenalty {
    let value: Float
    private let discriminator: StarGANDiscriminator
    private let features: [Variable]
    /// dP ÷ d∇D.
    private let direction: Tensor
    private let precision: Precision

    /// - Parameter images: N×H×W×1, mixtures of real and synthesised ones.
    init(_ discriminator: StarGANDiscriminator, at images: Tensor, precision: Precision) {
        (self.discriminator, self.precision) = (discriminator, precision)
        let x = Variable(images, needsGradient: true)
        let tape = Tape(precision: precision)
        for parameter in discriminator.parameters { parameter.isFrozen = true }
        let verdict = discriminator(x, tape)
        features = verdict.features
        tape.backward(from: verdict.source, gradient: Tensor(verdict.source.shape, filledWith: 1))
        for parameter in discriminator.parameters { parameter.isFrozen = false }
        guard let gradient = x.gradient else { preconditionFailure("an image without a gradient") }
        let shape = images.shape
        var (values, total) = (gradient.array(), 0.0)
        for image in 0..<shape.n {
            let place = image * shape.pixels..<(image + 1) * shape.pixels
            let norm = values[place].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            total += (norm - 1) * (norm - 1)
            let factor = Float(2 * (norm - 1) / (Double(shape.n) * max(norm, 1e-12)))
            for pixel in place { values[pixel] *= factor }
        }
        value = Float(total / Double(shape.n))
        direction = Tensor(shape, values)
    }

    /// Adds the gradient of weight · value to the discriminator's parameters.
    func addGradients(weight: Float) {
        let tape = Tape(precision: precision)
        let derivative = discriminator.derivative(along: direction, at: features, tape)
        tape.backward(from: derivative, gradient: Tensor(derivative.shape, filledWith: weight))
    }
}
