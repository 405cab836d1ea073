import NeuralNet
import Tensors

/// The CollaGAN generator: one encoder per contrast, a shared bottleneck and decoder with conditional channel attention
/// (method.md §2; Lee, Moon, Ye, arXiv:1905.04105).
package final class Generator {
    package let ngf: Int
    package let contrasts: Int
    /// Width of an encoder's first level.
    package let encoderWidth: Int
    /// Encoders beside those of the contrasts, whose image is always empty.
    package let emptyEncoders: Int
    package let parameters: [Parameter]

    struct EncoderLevel {
        let first: ConvNormReLU
        let second: ConvNormReLU
        let down: Parameter
    }

    struct DecoderLevel {
        let up: (weight: Parameter, bias: Parameter)
        let first: ConvNormReLU
        let second: ConvNormReLU
        let attention: ChannelAttention?
    }

    /// Of the contrasts, then those of no image.
    let encoders: [[EncoderLevel]]
    let bottleneck: (first: ConvNormReLU, second: ConvNormReLU, attention: ChannelAttention)
    /// Level 0 … 3.
    let decoder: [DecoderLevel]
    let head: Parameter
    /// Voxelwise quadratic regression of each contrast from the others (method.md §10), rows × φ; nil without.
    let regression: Parameter?
    let regressionRows: RegressionRows?

    /// Registers the parameters: zero weights, unit norm scales.
    ///
    /// - Parameters:
    ///   - encoderWidth: width of an encoder's first level; `ngf` ÷ `contrasts` if nil.
    ///   - emptyEncoders: how many there are beside those of the contrasts.
    ///   - regressionRows: of the regression that is added to the output; nil for none.
    ///   - values: by parameters' names; shared, not copied, so such a generator is not to be trained.
    /// - Precondition: positive widths, at least 2 contrasts, of which `ngf` is a multiple where no `encoderWidth` is
    ///   given.
    package init(
        ngf: Int, contrasts: Int, encoderWidth: Int? = nil, emptyEncoders: Int = 0,
        regressionRows: RegressionRows? = nil, sharing values: [String: Tensor] = [:]
    ) {
        precondition(
            contrasts >= 2 && ngf > 0 && (encoderWidth ?? ngf) > 0
                && (encoderWidth != nil || ngf.isMultiple(of: contrasts)), "ngf must be a multiple of the contrasts")
        let a = encoderWidth ?? ngf / contrasts
        (self.ngf, self.contrasts) = (ngf, contrasts)
        (self.encoderWidth, self.emptyEncoders) = (a, emptyEncoders)
        let encoderCount = contrasts + emptyEncoders
        let registry = ParameterRegistry(sharing: values)
        encoders = (0..<encoderCount).map { contrast in
            (0..<4).map { level in
                let prefix = "\(Self.encoderPrefix(contrast))level\(level)"
                let width = a << level
                return EncoderLevel(
                    first: ConvNormReLU(registry, prefix, 1, input: level == 0 ? 1 + contrasts : width, output: width),
                    second: ConvNormReLU(registry, prefix, 2, input: width, output: width),
                    down: registry.convolution("\(prefix).down.weight", kernel: (2, 2), input: width, output: 2 * width)
                )
            }
        }
        let deepest = 16 * ngf
        bottleneck = (
            ConvNormReLU(registry, "generator.bottleneck", 1, input: encoderCount * 16 * a, output: deepest),
            ConvNormReLU(registry, "generator.bottleneck", 2, input: deepest, output: deepest),
            ChannelAttention(registry, "generator.bottleneck.attention", channels: deepest, contrasts: contrasts)
        )
        decoder = (0..<4).reversed().map { level in
            let prefix = "generator.decoder.level\(level)"
            let width = ngf << level
            return DecoderLevel(
                up: (
                    registry.transposedConvolution("\(prefix).up.weight", kernel: 2, input: 2 * width, output: width),
                    registry.vector("\(prefix).up.bias", count: width)
                ),
                first: ConvNormReLU(registry, prefix, 1, input: encoderCount * a << level + width, output: width),
                second: ConvNormReLU(registry, prefix, 2, input: width, output: width),
                attention: level == 0
                    ? nil
                    : ChannelAttention(registry, "\(prefix).attention", channels: width, contrasts: contrasts))
        }.reversed()
        head = registry.convolution("generator.head.weight", kernel: (1, 1), input: ngf, output: 1)
        let features = RegressionFeatures(contrasts: contrasts).count
        self.regressionRows = regressionRows
        regression =
            regressionRows.map { registry.dense(Self.regressionName, input: features, output: $0.count) }
        parameters = registry.parameters
    }

    /// What the names of an encoder's weights begin with.
    static func encoderPrefix(_ contrast: Int) -> String { "generator.encoder.\(contrast)." }

    /// Name of the regression's weight; a file without it is of a generator without a regression branch.
    static let regressionName = "generator.skip.weight"

    /// A generator of the shape that a weight file holds.
    ///
    /// - Parameter a: width of an encoder's first level.
    /// - Throws: `ModelError.Code.mismatch` if the file does not hold the weights of a generator this wide.
    convenience init(
        for file: Safetensors, ngf: Int, contrasts: Int, encoderWidth a: Int, emptyEncoders: Int, path: String
    ) throws(ModelError) {
        // No more memory is taken than the file is worth.
        let largest = [
            ("generator.head.weight", [1, ngf, 1, 1]),
            ("generator.bottleneck.conv1.weight", [16 * ngf, (contrasts + emptyEncoders) * 16 * a, 3, 3]),
            ("generator.bottleneck.conv2.weight", [16 * ngf, 16 * ngf, 3, 3]),
            ("\(Self.encoderPrefix(0))level3.conv2.weight", [8 * a, 8 * a, 3, 3]),
        ]
        for (name, shape) in largest where file.tensors[name]?.shape != shape {
            throw ModelError(
                .mismatch, path,
                "lacks '\(name)' of the width ngf \(ngf), encoders of \(a), that it names; it is not a whole weight file"
            )
        }
        var regressionRows: RegressionRows?
        if let regression = file.tensors[Self.regressionName] {
            regressionRows = RegressionRows(contrasts: contrasts, count: regression.shape.first ?? 0)
            guard regressionRows != nil else {
                throw ModelError(
                    .mismatch, path,
                    "'\(Self.regressionName)' has a row neither for each contrast nor for each set of inputs; it is not a"
                        + " whole weight file")
            }
        }
        self.init(
            ngf: ngf, contrasts: contrasts, encoderWidth: a, emptyEncoders: emptyEncoders,
            regressionRows: regressionRows)
    }

    /// Synthesises contrast `target` of each image.
    ///
    /// - Parameters:
    ///   - images: one variable N,H,W,1 per contrast; the target's and every dropped one's is zeros.
    ///   - targets: one contrast index per image.
    /// - Returns: N,H,W,1, not negative.
    /// - Precondition: height and width are multiples of 16.
    package func callAsFunction(_ images: [Variable], targets: [Int], _ tape: Tape) -> Variable {
        precondition(images.count == contrasts, "one image per contrast")
        let empty = (0..<emptyEncoders).map { _ in Variable(Tensor(images[0].shape, filledWith: 0)) }
        return run(images + empty, targets: targets, Route(self), tape)
    }

    /// The same for the encoders of `route`, which get one image each.
    func run(_ images: [Variable], targets: [Int], _ route: Route, _ tape: Tape) -> Variable {
        let shape = images[0].shape
        precondition(targets.count == shape.n, "one target per sample")
        precondition(shape.h.isMultiple(of: 16) && shape.w.isMultiple(of: 16), "sides must be multiples of 16")
        // The encoders run side by side, their channels adjacent: what they write is the first part of the decoder's
        // inputs.
        let widths = (0..<4).map { route.encoders.count * encoderWidth << $0 }
        var joints = (0..<4).map { Tensor(Shape(shape.n, shape.h >> $0, shape.w >> $0, widths[$0] + ngf << $0)) }
        var (skipConnections, deep) = encode(images, targets: targets, route.encoders, tape) { depth in
            joints[depth].channels(0..<widths[depth])
        }
        let condition = Variable(oneHot(targets))
        // Each step lets go of what it has read, so that the next can have the memory.
        deep = route.bottleneck(deep, tape)
        var y = bottleneck.second(deep, tape)
        y = bottleneck.attention(y, oneHot: condition, tape)
        func joined(_ y: Variable, _ depth: Int) -> Variable {
            let (joint, level) = (joints.removeLast(), decoder[depth])
            let up = tape.transposedConvolution(
                y, level.up.weight, bias: level.up.bias,
                into: joint.channels(widths[depth]..<widths[depth] + ngf << depth))
            return tape.join(joint, parts: [skipConnections.removeLast(), up])
        }
        for depth in (0..<4).reversed() {
            let level = decoder[depth]
            y = joined(y, depth)
            y = route.decoder[depth](y, tape)
            y = level.second(y, tape)
            if let attention = level.attention { y = attention(y, oneHot: condition, tape) }
        }
        let features = tape.convolution(y, head)
        guard let regression else { return tape.relu(features) }
        let sources = zip(route.encoders, images).map { (contrast: $0, image: $1) }.filter { $0.contrast < contrasts }
        return tape.relu(
            tape.regressionBranch(
                features, images: sources, contrasts: contrasts,
                rows: regressionRows?.rows(of: targets, from: sources) ?? targets, regression))
    }

    /// Some encoders side by side.
    ///
    /// - Returns: their features of each level and what they hand to the bottleneck.
    func encode(
        _ images: [Variable], targets: [Int], _ chosen: [Int], _ tape: Tape, into target: (_ depth: Int) -> Tensor?
    ) -> (skipConnections: [Variable], deep: Variable) {
        var skipConnections: [Variable] = []
        var x = chosen.map { encoders[$0][0].first }.masked(images, targets: targets, tape)
        for depth in 0..<4 {
            let levels = chosen.map { encoders[$0][depth] }
            if depth > 0 { x = levels.map(\.first)(x, tape) }
            x = levels.map(\.second)(x, tape, into: target(depth))
            skipConnections.append(x)
            x = tape.stridedConvolution(x, groups: levels.map(\.down))
        }
        return (skipConnections, x)
    }

    private func oneHot(_ targets: [Int]) -> Tensor {
        let values = Tensor(Shape(targets.count, 1, 1, contrasts), filledWith: 0)
        withPointers(to: values) { values in
            for (sample, target) in targets.enumerated() { values.row(sample)[target] = 1 }
        }
        return values
    }
}
