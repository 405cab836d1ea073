import NeuralNet
import Preprocessing
import Tensors

/// Synthesises missing contrasts with a trained network.
package struct Imputer {
    /// Slices that go through the network together.
    static let batch = 4

    package let model: CollaGANModel
    private let network: any SynthesisNetwork
    private let precision: Precision

    /// - Precondition: `precision` is available.
    package init(_ model: CollaGANModel, precision: Precision = .float32) {
        (self.model, self.precision) = (model, precision)
        network = model.makeNetwork()
    }

    /// Synthesises contrast `target` in every slice that holds brain.
    ///
    /// - Parameters:
    ///   - stack: the patient's slices, contrasts in the model's order.
    ///   - inputs: contrasts to synthesise from; all present ones but the target if nil. Others are empty to the
    ///     network. A network of one input takes the best of them (`ModelDescription.inputs`).
    ///   - replacing: images that stand in for a contrast, e.g. an imputed one in the cycle self-check.
    ///   - slices: which slices are wanted; all if nil. The others are 0.
    ///   - progress: told the number of slices done so far and of all that will be; return false to stop.
    /// - Returns: slices × height × width normalised intensities ≥ 0, exactly 0 outside the brain; nil if stopped.
    /// - Throws: `ModelError` if no input is present or the stack does not fit the model.
    package func impute(
        _ stack: SliceStack, target: Int, inputs: [Int]? = nil, replacing: [Int: [Float]] = [:],
        slices wanted: [Bool]? = nil, progress: ((_ done: Int, _ total: Int) -> Bool)? = nil
    ) throws(ModelError) -> [Float]? {
        let contrasts = model.description.contrasts
        guard stack.contrasts == contrasts, contrasts.indices.contains(target) else {
            throw ModelError(
                .mismatch, "",
                "the slices hold \(stack.contrasts.joined(separator: ", ")), the model knows \(contrasts.joined(separator: ", ")); use a model for these contrasts"
            )
        }
        var sources: [Int: [Float]] = [:]
        for contrast in inputs ?? Array(contrasts.indices) where contrast != target {
            sources[contrast] = replacing[contrast] ?? stack.images[contrast]
        }
        guard !sources.isEmpty else {
            throw ModelError(
                .data, "", "no contrast to synthesise \(contrasts[target]) from; add at least one other contrast")
        }
        let pixels = stack.height * stack.width
        let filled = (0..<stack.slices).filter { slice in
            wanted?[slice] != false && stack.brain[slice * pixels..<(slice + 1) * pixels].contains(true)
        }
        let present = model.description.inputs(of: target, among: sources.keys.sorted())
        let prepared = network.prepared(
            target: target, inputs: present, height: stack.height, width: stack.width, precision: precision)
        var result = [Float](repeating: 0, count: stack.slices * pixels)
        var done = 0
        for first in stride(from: 0, to: filled.count, by: Self.batch) {
            let slices = filled[first..<min(first + Self.batch, filled.count)]
            let shape = Shape(slices.count, stack.height, stack.width, 1)
            let images = present.map { contrast in
                Tensor(shape, slices.flatMap { sources[contrast]![$0 * pixels..<($0 + 1) * pixels] })
            }
            let output = output(prepared, images)
            for (place, slice) in slices.enumerated() {
                for pixel in 0..<pixels where stack.brain[slice * pixels + pixel] {
                    result[slice * pixels + pixel] = output[place * pixels + pixel]
                }
            }
            done += slices.count
            if let progress, !progress(done, filled.count) { return nil }
        }
        return result
    }

    /// How many bytes an imputer takes at work at most: its weights, filters prepared from them, and the images between
    /// its layers.
    ///
    /// 12 bytes per weight and batch · height · width · (4 (ngf + width of all encoders) + 24) floats. It was measured
    /// where weights were held twice; now they are held once, and at ngf 64 and sides of 96 a quarter of it is not
    /// needed.
    /// - Parameters:
    ///   - height: of the slices, in pixels.
    ///   - width: of the slices, in pixels.
    package static func memory(_ model: CollaGANModel, height: Int, width: Int) -> Int {
        let description = model.description
        let encoders = (description.contrasts + description.emptyEncoders).count * description.encoderWidth
        return 12 * model.parameterCount + 4 * batch * height * width * (4 * (description.ngf + encoders) + 24)
    }

    /// N×H×W intensities; with a test-time flip the mean of the slices' and their mirror images', mirrored back.
    private func output(_ prepared: ([Tensor]) -> Tensor, _ images: [Tensor]) -> [Float] {
        let direct = prepared(images).array()
        guard model.description.testTimeFlip else { return direct }
        let (shape, width) = (images[0].shape, images[0].shape.w)
        let mirrored = prepared(images.map { Tensor(shape, Self.mirrored($0.array(), width: width)) }).array()
        return zip(direct, Self.mirrored(mirrored, width: width)).map { ($0 + $1) / 2 }
    }

    private static func mirrored(_ pixels: [Float], width: Int) -> [Float] {
        stride(from: 0, to: pixels.count, by: width).flatMap { pixels[$0..<$0 + width].reversed() }
    }
}
