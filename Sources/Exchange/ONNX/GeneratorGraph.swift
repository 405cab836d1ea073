import CollaGAN
import Foundation
import NeuralNet

/// The generator (method.md §2) with its regression skip (§10) as ONNX operators.
///
/// `images` [batch, N, height, width], normalised, an absent contrast all 0, and `target` [batch] → `imputed` [batch, 1,
/// height, width]. The target's own image is set to 0 here, so that a caller cannot forget it.
struct GeneratorGraph {
    private let description: ModelDescription
    private let tensors: [String: Safetensors.Entry]
    private var graph = ONNXGraph("collagan generator")
    /// Weights that the graph holds already.
    private var added: Set<String> = []

    private static let (images, target, imputed) = ("images", "target", "imputed")

    /// - Parameters:
    ///   - tensors: the generator's, under the names of method.md §8.
    ///   - isDynamic: whether batch, height and width are the caller's; else one slice of the training crop.
    init(_ description: ModelDescription, _ tensors: [String: Safetensors.Entry], isDynamic: Bool) {
        (self.description, self.tensors) = (description, tensors)
        build(isDynamic: isDynamic)
    }

    /// The file.
    func model(producer: (name: String, version: String), description: String, metadata: [String: String])
        -> Data
    {
        graph.model(producer: producer, description: description, metadata: metadata)
    }

    private var contrasts: Int { description.contrasts.count }

    private mutating func build(isDynamic: Bool) {
        let crop = description.crop
        let (batch, height, width): (ONNXGraph.Side, ONNXGraph.Side, ONNXGraph.Side) =
            isDynamic
            ? (.named("batch"), .named("height"), .named("width"))
            : (.fixed(1), .fixed(crop.height), .fixed(crop.width))
        let order = description.contrasts.joined(separator: ", ")
        graph.input(
            Self.images, .float32, [batch, .fixed(contrasts), height, width],
            "normalised axial slices in the order \(order); 0 where a contrast is absent; sides are multiples of 16")
        graph.input(Self.target, .int64, [batch], "which contrast to synthesise, from 0 in the order \(order)")
        graph.output(Self.imputed, .float32, [batch, .fixed(1), height, width], "normalised intensities, not negative")

        let condition = graph.node(
            "OneHot",
            [Self.target, graph.integers([contrasts], isScalar: true), graph.floats([0, 1])], [("axis", .integer(1))])
        let planes = reshaped(condition, [0, contrasts, 1, 1])
        let kept = graph.node("Sub", [graph.floats([1]), planes])
        let images = graph.node("Mul", [Self.images, kept])
        let masks = graph.node("Expand", [planes, graph.node("Shape", [images])])

        let (skips, deep) = encode(images, masks)
        var y = norms(deep, "generator.bottleneck")
        y = attention(y, condition, "generator.bottleneck.attention")
        for level in (0..<4).reversed() {
            let prefix = "generator.decoder.level\(level)"
            let up = graph.node(
                "ConvTranspose", [y, weight("\(prefix).up.weight"), weight("\(prefix).up.bias")], square(2, stride: 2))
            y = norms(concatenated(skips[level] + [up]), prefix)
            if level > 0 { y = attention(y, condition, "\(prefix).attention") }
        }
        y = graph.node("Conv", [y, weight("generator.head.weight")], square(1))
        if tensors["generator.skip.weight"] != nil { y = withSkip(y, images) }
        graph.node("Relu", [y], output: Self.imputed)
    }

    /// Features of each level, and what goes to the bottleneck, of all encoders.
    private mutating func encode(_ images: String, _ masks: String) -> (skips: [[String]], deep: String) {
        var skips = [[String]](repeating: [], count: 4)
        var deep: [String] = []
        for encoder in 0..<contrasts + description.emptyEncoders.count {
            let prefix = "generator.encoder.\(encoder)"
            var y = concatenated([image(encoder, of: images), masks])
            for level in 0..<4 {
                y = norms(y, "\(prefix).level\(level)")
                skips[level].append(y)
                y = graph.node("Conv", [y, weight("\(prefix).level\(level).down.weight")], square(2, stride: 2))
            }
            deep.append(y)
        }
        return (skips, concatenated(deep))
    }

    /// [batch, 1, height, width]; of an encoder beyond the contrasts an empty image.
    private mutating func image(_ encoder: Int, of images: String) -> String {
        let place = min(encoder, contrasts - 1)
        let image = graph.node("Gather", [images, graph.integers([place])], [("axis", .integer(1))])
        return encoder < contrasts ? image : graph.node("Sub", [image, image])
    }

    /// CNR twice. The convolutions' biases are left out: the norm subtracts them.
    ///
    /// The norm is spelt out: runtimes sum an image in one go in float32, so that with `InstanceNormalization` results were
    /// 1.3e-4 (onnxruntime) and 5.4e-4 (OpenVINO) away; with means of rows, then of columns, 2e-6 and 5e-6.
    private mutating func norms(_ x: String, _ prefix: String) -> String {
        var y = x
        for index in 1...2 {
            y = graph.node("Conv", [y, weight("\(prefix).conv\(index).weight")], square(3, padding: 1))
            let centred = graph.node("Sub", [y, mean(y)])
            let variance = mean(graph.node("Mul", [centred, centred]))
            let deviation = graph.node("Sqrt", [graph.node("Add", [variance, graph.floats([1e-6])])])
            let factor = graph.node("Div", [weight("\(prefix).norm\(index).weight", isPerChannel: true), deviation])
            let scaled = graph.node("Mul", [centred, factor])
            y = leakyReLU(graph.node("Add", [scaled, weight("\(prefix).norm\(index).bias", isPerChannel: true)]))
        }
        return y
    }

    /// [batch, channels, 1, 1].
    ///
    /// The rows' means lose their dimension in between: else OpenVINO makes one sum of the two.
    private mutating func mean(_ x: String) -> String {
        let rows = graph.node("ReduceMean", [x], [("axes", .integers([3])), ("keepdims", .integer(0))])
        let all = graph.node("ReduceMean", [rows], [("axes", .integers([2])), ("keepdims", .integer(1))])
        return graph.node("Unsqueeze", [all, graph.integers([3])])
    }

    /// CCAM.
    private mutating func attention(_ x: String, _ condition: String, _ prefix: String) -> String {
        let pooled = graph.node("Flatten", [mean(x)], [("axis", .integer(1))])
        var y = concatenated([condition, pooled])
        for index in 1...3 {
            y = graph.node(
                "Gemm", [y, weight("\(prefix).fc\(index).weight"), weight("\(prefix).fc\(index).bias")],
                [("transB", .integer(1))])
            y = index < 3 ? leakyReLU(y) : graph.node("Sigmoid", [y])
        }
        return graph.node("Mul", [x, reshaped(y, [0, -1, 1, 1])])
    }

    /// Σ skip[row]·φ + features · brain.
    private mutating func withSkip(_ features: String, _ images: String) -> String {
        let pairs = (0..<contrasts).flatMap { i in (i..<contrasts).map { (i, $0) } }
        let first = graph.node("Gather", [images, graph.integers(pairs.map(\.0))], [("axis", .integer(1))])
        let second = graph.node("Gather", [images, graph.integers(pairs.map(\.1))], [("axis", .integer(1))])
        let largest = graph.node("ReduceMax", [images], [("axes", .integers([1])), ("keepdims", .integer(1))])
        let brain = asFloat(graph.node("Greater", [largest, graph.floats([0])]))
        let terms = concatenated([images, graph.node("Mul", [first, second]), brain])
        let coefficients = graph.node(
            "Gather", [weight("generator.skip.weight"), row(images)], [("axis", .integer(0))])
        let weighted = graph.node("Mul", [terms, reshaped(coefficients, [0, -1, 1, 1])])
        let sum = graph.node("ReduceSum", [weighted, graph.integers([1])], [("keepdims", .integer(1))])
        return graph.node("Add", [sum, graph.node("Mul", [features, brain])])
    }

    /// Which row of the regressions a sample takes: by target alone, or by the set of images that are not 0 everywhere.
    private mutating func row(_ images: String) -> String {
        guard tensors["generator.skip.weight"]?.shape.first != contrasts else { return Self.target }
        let brightest = graph.node("GlobalMaxPool", [graph.node("Abs", [images])])
        let isThere = graph.node("Greater", [graph.node("Flatten", [brightest]), graph.floats([0])])
        let bits = graph.node("Cast", [isThere], [("to", .integer(ONNXGraph.ElementType.int64.rawValue))])
        let rows = graph.node("Mul", [bits, graph.integers((0..<contrasts).map { contrasts << $0 })])
        let set = graph.node("ReduceSum", [rows, graph.integers([1])], [("keepdims", .integer(0))])
        return graph.node("Add", [set, Self.target])
    }

    /// - Parameter isPerChannel: as [channels, 1, 1].
    private mutating func weight(_ name: String, isPerChannel: Bool = false) -> String {
        guard let entry = tensors[name] else { preconditionFailure("a generator has \(name)") }
        if added.insert(name).inserted {
            graph.weights(name, shape: entry.shape + (isPerChannel ? [1, 1] : []), entry.values)
        }
        return name
    }

    private mutating func reshaped(_ x: String, _ shape: [Int]) -> String {
        graph.node("Reshape", [x, graph.integers(shape)])
    }

    private mutating func concatenated(_ parts: [String]) -> String {
        graph.node("Concat", parts, [("axis", .integer(1))])
    }

    private mutating func leakyReLU(_ x: String) -> String {
        graph.node("LeakyRelu", [x], [("alpha", .float(0.2))])
    }

    private mutating func asFloat(_ x: String) -> String {
        graph.node("Cast", [x], [("to", .integer(ONNXGraph.ElementType.float32.rawValue))])
    }

    private func square(_ kernel: Int, stride: Int = 1, padding: Int = 0) -> [(String, ONNXGraph.Attribute)] {
        [
            ("kernel_shape", .integers([kernel, kernel])), ("strides", .integers([stride, stride])),
            ("pads", .integers([padding, padding, padding, padding])),
        ]
    }
}
