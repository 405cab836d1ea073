import NeuralNet
import Tensors

/// StarGAN's generator: sees an image and, as planes of ones and zeros, which contrast to make of it (Choi, Choi, Kim,
/// Ha, Kim, Choo, CVPR 2018, arXiv:1711.09020).
final class StarGANNetwork: SynthesisNetwork {
    let range: SignedRange
    let parameters: [Parameter]
    private let contrasts: Int
    private let generator: ResidualGenerator

    /// - Parameters:
    ///   - width: channels after the first layer.
    ///   - ceiling: of the normalisation.
    ///   - values: by parameters' names; shared, not copied.
    init(contrasts: Int, width: Int, blocks: Int, ceiling: Float, sharing values: [String: Tensor] = [:]) {
        self.contrasts = contrasts
        range = SignedRange(ceiling: ceiling)
        let registry = ParameterRegistry(sharing: values)
        generator = ResidualGenerator(
            registry, Self.prefix, .starGAN, inputs: 1 + contrasts, width: width, blocks: blocks)
        parameters = registry.parameters
    }

    static let prefix = "generator"

    /// N,H,W,1 → N,H,W,1, both in −1 … 1.
    func callAsFunction(_ x: Variable, target: Int, _ tape: Tape) -> Variable {
        let planes = Tensor(Shape(x.shape.n, x.shape.h, x.shape.w, contrasts), filledWith: 0)
        withPointers(to: planes) { planes in
            for row in 0..<planes.shape.rows { planes.row(row)[target] = 1 }
        }
        return generator(tape.concatenate([x, Variable(planes)]), tape)
    }

    var generatorCount: Int { 1 }

    func multiplyAdds(height: Int, width: Int) -> Int { generator.multiplyAdds(height: height, width: width) }

    func prepared(
        target: Int, inputs: [Int], height: Int, width: Int, precision: Precision
    ) -> (_ images: [Tensor]) -> Tensor {
        range.prepared(precision) { [self] image, tape in self(image, target: target, tape) }
    }
}
