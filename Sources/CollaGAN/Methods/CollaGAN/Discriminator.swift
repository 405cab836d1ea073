import NeuralNet
import Tensors

/// The multi-head discriminator: real or fake (least-squares patch map) and which contrast (logits), method.md §3.
package final class Discriminator {
    package let contrasts: Int
    package let parameters: [Parameter]

    private let path1: [(weight: Parameter, bias: Parameter)]
    private let path1Down: Parameter
    private let path2: [(weight: Parameter, bias: Parameter)]
    private let path3: [(weight: Parameter, bias: Parameter)]
    private let path3Down: Parameter
    private let merge: [Parameter]
    private let source: Parameter
    private let domainDown: Parameter
    private let domain: Parameter

    /// Smallest training crop in pixels per side that leaves the domain head a position.
    package static let smallestCrop = TrainingConfiguration.smallestCrop

    /// - Parameters:
    ///   - base: base width, 4 in the paper.
    ///   - crop: height and width of the training crop; decides the size of the domain head's kernel.
    /// - Precondition: crop sides of at least `smallestCrop`.
    package init(base d: Int = 4, contrasts: Int, crop: (height: Int, width: Int)) {
        precondition(min(crop.height, crop.width) >= Self.smallestCrop, "crop too small for the domain head")
        self.contrasts = contrasts
        let registry = ParameterRegistry()
        func convolution(_ name: String, _ input: Int, _ output: Int) -> (weight: Parameter, bias: Parameter) {
            (
                registry.convolution("discriminator.\(name).weight", kernel: (3, 3), input: input, output: output),
                registry.vector("discriminator.\(name).bias", count: output)
            )
        }
        func strided(_ name: String, _ input: Int, _ output: Int) -> Parameter {
            registry.convolution("discriminator.\(name).weight", kernel: (4, 4), input: input, output: output)
        }
        path1 = [
            convolution("path1.conv1", 1, d), convolution("path1.conv2", d, d), convolution("path1.conv3", d, d),
        ]
        path1Down = strided("path1.down", d, 4 * d)
        path2 = [
            convolution("path2.conv1", 1, d), convolution("path2.conv2", d, 2 * d),
            convolution("path2.conv3", 2 * d, 4 * d),
        ]
        path3Down = strided("path3.down", 1, 4 * d)
        path3 = (1...3).map { convolution("path3.conv\($0)", 4 * d, 4 * d) }
        merge = [strided("merge.conv1", 12 * d, 8 * d), strided("merge.conv2", 8 * d, 16 * d)]
        source = registry.convolution("discriminator.source.conv.weight", kernel: (3, 3), input: 16 * d, output: 1)
        domainDown = strided("domain_down.conv", 16 * d, 32 * d)
        func side(_ pixels: Int) -> Int { (((pixels / 4 - 4) / 2 + 1 - 4) / 2 + 1 - 4) / 2 + 1 }
        domain = registry.convolution(
            "discriminator.domain.conv.weight", kernel: (min(5, side(crop.height)), min(5, side(crop.width))),
            input: 32 * d, output: contrasts)
        parameters = registry.parameters
    }

    /// Judges images N,H,W,1.
    ///
    /// - Parameter dropout: generator of the dropout masks (rate 0.5 before both heads); nil leaves dropout out.
    /// - Returns: source map N,h,w,1 and domain logits N,1,1,contrasts.
    package func callAsFunction(
        _ images: Variable, dropout: inout SeededGenerator?, _ tape: Tape
    ) -> (source: Variable, domain: Variable) {
        func activated(_ x: Variable) -> Variable { tape.leakyReLU(x, slope: leakySlope) }
        func padded(_ x: Variable, _ layer: (weight: Parameter, bias: Parameter)) -> Variable {
            tape.convolution(x, layer.weight, bias: layer.bias, padding: 1)
        }
        func dropped(_ x: Variable) -> Variable {
            guard var generator = dropout else { return x }
            defer { dropout = generator }
            return tape.dropout(x, rate: 0.5, using: &generator)
        }
        var first = images
        for layer in path1 { first = activated(padded(first, layer)) }
        first = tape.convolution(first, path1Down, stride: 4)
        var second = tape.maxPool2(padded(images, path2[0]))
        second = tape.maxPool2(padded(second, path2[1]))
        second = activated(padded(second, path2[2]))
        var third = tape.convolution(images, path3Down, stride: 4)
        third = activated(padded(third, path3[0]))
        third = activated(padded(third, path3[1]))
        third = padded(third, path3[2])
        var shared = tape.concatenate([first, second, third])
        for weight in merge { shared = activated(tape.convolution(shared, weight, stride: 2)) }
        let map = tape.convolution(dropped(shared), source)
        let deeper = dropped(activated(tape.convolution(shared, domainDown, stride: 2)))
        return (map, tape.globalAveragePool(tape.convolution(deeper, domain)))
    }
}
