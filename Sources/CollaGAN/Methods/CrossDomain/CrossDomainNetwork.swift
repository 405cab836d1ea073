import NeuralNet
import Tensors

/// A generator for every ordered pair of contrasts.
final class CrossDomainNetwork: SynthesisNetwork {
    let range: SignedRange
    let parameters: [Parameter]
    private let contrasts: Int
    /// By source, then target; nil where they are the same.
    private let generators: [[(network: ResidualGenerator, parameters: [Parameter])?]]

    /// - Parameters:
    ///   - width: channels after a generator's first layer.
    ///   - ceiling: of the normalisation.
    ///   - values: by parameters' names; shared, not copied.
    init(contrasts: Int, width: Int, blocks: Int, ceiling: Float, sharing values: [String: Tensor] = [:]) {
        self.contrasts = contrasts
        range = SignedRange(ceiling: ceiling)
        generators = (0..<contrasts).map { source in
            (0..<contrasts).map { target in
                guard source != target else { return nil }
                let registry = ParameterRegistry(sharing: values)
                let network = ResidualGenerator(
                    registry, Self.prefix(source, target), .cycleGAN, inputs: 1, width: width, blocks: blocks)
                return (network, registry.parameters)
            }
        }
        parameters = generators.joined().flatMap { $0?.parameters ?? [] }
    }

    /// Unordered pairs, each with the smaller index first.
    static func pairs(_ contrasts: Int) -> [[(source: Int, target: Int)]] {
        (0..<contrasts).flatMap { first in
            (first + 1..<max(contrasts, first + 1)).map { [(first, $0), ($0, first)] }
        }
    }

    static func prefix(_ source: Int, _ target: Int) -> String { "generator.\(source)to\(target)" }

    /// Shapes of the largest weights, by name.
    static func largest(contrasts: Int, width: Int, blocks: Int) -> [(name: String, shape: [Int])] {
        pairs(contrasts).joined().flatMap {
            ResidualGenerator.largest(prefix($0.source, $0.target), width: width, blocks: blocks)
        }
    }

    /// N,H,W,1 → N,H,W,1, both in −1 … 1.
    func callAsFunction(_ x: Variable, _ direction: (source: Int, target: Int), _ tape: Tape) -> Variable {
        generator(direction).network(x, tape)
    }

    func parameters(_ direction: (source: Int, target: Int)) -> [Parameter] { generator(direction).parameters }

    private func generator(
        _ direction: (source: Int, target: Int)
    ) -> (network: ResidualGenerator, parameters: [Parameter]) {
        guard let generator = generators[direction.source][direction.target] else {
            preconditionFailure("a contrast is not made of itself")
        }
        return generator
    }

    var generatorCount: Int { contrasts * (contrasts - 1) }

    func multiplyAdds(height: Int, width: Int) -> Int {
        generator((0, 1)).network.multiplyAdds(height: height, width: width)
    }

    func prepared(
        target: Int, inputs: [Int], height: Int, width: Int, precision: Precision
    ) -> (_ images: [Tensor]) -> Tensor {
        let network = generator((inputs[0], target)).network
        return range.prepared(precision) { image, tape in network(image, tape) }
    }
}

extension SignedRange {
    /// What turns an image of normalised intensities into another by a network of signed ones.
    func prepared(
        _ precision: Precision, _ network: @escaping (Variable, Tape) -> Variable
    ) -> (_ images: [Tensor]) -> Tensor {
        let filters = FilterCache(precision: precision, keepingUpTo: 24 << 20)
        BufferPool.shared.trim()
        return { images in
            normalised(network(Variable(signed(images[0])), Tape(recording: false, filters: filters)).value)
        }
    }
}
