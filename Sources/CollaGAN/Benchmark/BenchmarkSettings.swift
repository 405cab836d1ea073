import NeuralNet
import Tensors

/// What `Benchmark` times.
package struct BenchmarkSettings: Sendable {
    package enum Mode: String, Sendable, CaseIterable {
        /// One imputation of a batch, reported per slice.
        case infer
        /// One training step, reported per step.
        case train
    }

    package static let contrasts = 4

    package var mode = Mode.infer
    package var method = MethodName.collagan
    /// Generator base width.
    package var ngf = 64
    /// A trained model whose network imputes, flips included; nil for a network of the method and width with random
    /// weights.
    package var model: CollaGANModel? {
        didSet { if let description = model?.description { (method, ngf) = (description.method, description.ngf) } }
    }
    /// Height and width of a slice in pixels.
    package var size = 240
    /// Slices per generator call; 1 in a training step.
    package var batch = Imputer.batch
    /// Number of timed runs.
    package var repeats = 5
    package var precision = Precision.float32

    /// How many slices or steps a result is extended to: a volume of 155 slices, or 1,000 steps.
    var estimated: Int { mode == .train ? 1000 : 155 }

    package init() {}

    /// Checks that the networks can be built and fed.
    ///
    /// - Throws: `ModelError.Code.configuration` naming the first value that cannot be used, and what can.
    package func validate() throws(ModelError) {
        func check(
            _ isRight: Bool, _ name: String, is value: Int, give what: String
        ) throws(ModelError) {
            guard isRight else { throw ModelError(.configuration, "", "'--\(name) \(value)': give \(what)") }
        }
        try check(
            model != nil || (4...256).contains(ngf) && ngf % Self.contrasts == 0, "ngf", is: ngf,
            give: "a multiple of 4 from 4 to 256")
        let smallest = mode == .train ? Discriminator.smallestCrop : 16
        try check(
            (smallest...1024).contains(size) && size % 16 == 0, "size", is: size,
            give:
                "a multiple of 16 from \(smallest) to 1024\(mode == .train ? " in train mode" : "")")
        try check((1...64).contains(batch), "batch", is: batch, give: "a number from 1 to 64")
        try check((1...10_000).contains(repeats), "repeats", is: repeats, give: "a number from 1 to 10000")
        try check(
            mode == .infer || batch == 1, "batch", is: batch,
            give: "1 or nothing in train mode: a step is always one sample")
        try precision.requireUnit()
    }
}
