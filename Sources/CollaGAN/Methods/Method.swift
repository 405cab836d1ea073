import Metrics
import NeuralNet
import Tensors

/// A way to learn to synthesise contrasts: what of a training file it understands, and how its networks are made
/// (docs/explanation/methods.md).
package protocol Method {
    /// What training files and model files call it.
    static var name: String { get }
    /// Keys of a training file that mean something to it, besides `TrainingConfiguration.commonKeys`.
    static var keys: Set<TrainingConfiguration.CodingKeys> { get }
    /// Terms of the objective.
    static var weights: Set<TrainingConfiguration.Weights.CodingKeys> { get }
    /// Whether one contrast is made of one other, or of all that are there.
    static var takesOneInput: Bool { get }

    /// Sets the defaults that are not those of every method.
    static func setDefaults(of configuration: inout TrainingConfiguration)

    /// Checks what its own keys are set to.
    ///
    /// - Throws: `ModelError.Code.configuration` naming the first key that does not make sense.
    static func validate(_ configuration: TrainingConfiguration) throws(ModelError)

    /// The network that a model file holds, with weights yet to be loaded.
    ///
    /// - Throws: `ModelError.Code.mismatch`, before memory is taken, if the file does not hold weights of that size.
    static func network(
        _ description: ModelDescription, for file: Safetensors, path: String
    ) throws(ModelError) -> any SynthesisNetwork

    /// The network that a description tells of.
    ///
    /// - Parameter weights: by name; shared, not copied, so such a network is not to be trained. Others are zeros.
    static func network(_ description: ModelDescription, sharing weights: [String: Tensor]) -> any SynthesisNetwork

    /// Networks at the start of a training.
    static func training(
        _ configuration: TrainingConfiguration, _ material: TrainingMaterial, using random: inout SeededGenerator
    ) throws(ModelError) -> any MethodTraining
}

/// What a model file holds: it makes one contrast of others.
package protocol SynthesisNetwork: AnyObject {
    var parameters: [Parameter] { get }
    /// How many generators share the parameters.
    var generatorCount: Int { get }

    /// Multiply-adds of one generator's pass over one slice by the convolutions' definition, without a regression beside
    /// it.
    ///
    /// - Parameter height: of the slice in pixels, a multiple of 16, as is `width`.
    func multiplyAdds(height: Int, width: Int) -> Int

    /// Makes ready for many slices of one size.
    ///
    /// - Parameters:
    ///   - inputs: contrasts that there are images of, ascending; one if the method takes one.
    ///   - height: of the slices, a multiple of 16, as is `width`.
    /// - Returns: images N,H,W,1 of the inputs → N,H,W,1, normalised intensities ≥ 0.
    func prepared(
        target: Int, inputs: [Int], height: Int, width: Int, precision: Precision
    ) -> (_ images: [Tensor]) -> Tensor
}

/// What a training begins with.
package struct TrainingMaterial {
    package let patients: [TrainingPatient]
    /// Of every patient with two contrasts.
    package let sampler: TrainingSampler
    /// Fitted on the patients.
    package let regressions: [QuadraticRegression]
    /// The model that the training starts from; nil for one that starts from nothing.
    package var origin: (description: ModelDescription, network: any SynthesisNetwork)?
    /// Whether the weights will be those of a checkpoint.
    package var isResumed = false

    package init(_ patients: [TrainingPatient], sampler: TrainingSampler, regressions: [QuadraticRegression]) {
        (self.patients, self.sampler, self.regressions) = (patients, sampler, regressions)
    }
}

/// A method's networks in training.
package protocol MethodTraining: AnyObject {
    /// What becomes the model.
    var synthesis: any SynthesisNetwork { get }
    /// Groups of weights that are updated together, each with an optimiser of its own, in a fixed order.
    var groups: [[Parameter]] { get }

    /// What is trained in a step, counted from 0.
    func phase(of step: Int) -> TrainingPhase
    /// Who is updated in a step, in order.
    func turns(of step: Int) -> [Turn]
    /// Draws the slices of one sample.
    func draw(_ step: Int, using random: inout SeededGenerator) throws(ModelError) -> [TrainingSample]
    /// Adds the gradient of one sample, divided by `batch`, to the parameters of the turn's group and no other.
    ///
    /// - Parameter watch: is told of gradients that nothing adds to any more; a turn of several backward passes, or one whose
    ///   gradients need not travel early, tells it nothing.
    func addGradients(_ turn: Turn, _ step: Int, of sample: inout StepSample, batch: Int, watch: GradientWatch?)

    /// What a checkpoint must hold besides weights, by name.
    var memory: [String: Safetensors.Entry] { get }
    /// Why ranks cannot share the samples of a step, and what to do; nil where they can: where no step depends on the
    /// samples of those before.
    var cannotBeShared: String? { get }
    /// - Throws: `ModelError.Code.malformed` if the file does not hold it.
    func restoreMemory(from file: Safetensors, path: String) throws(ModelError)
}

extension MethodTraining {
    package var memory: [String: Safetensors.Entry] { [:] }
    package var cannotBeShared: String? { nil }
    package func restoreMemory(from file: Safetensors, path: String) throws(ModelError) {}
}

/// One update of one group.
package struct Turn: Sendable, Equatable {
    /// Index in `MethodTraining.groups`.
    package var group: Int
    /// Whether the group is a part of the model.
    package var isSynthesis: Bool
    /// Whether its gradient is the same before and after the update of the turn before.
    package var isIndependent = false

    package init(_ group: Int, isSynthesis: Bool, isIndependent: Bool = false) {
        (self.group, self.isSynthesis, self.isIndependent) = (group, isSynthesis, isIndependent)
    }
}

/// Which terms are trained on.
package enum TrainingPhase: String, Sendable, Codable {
    case classifier, reconstruction, full
}

/// One sample on its way through the turns of a step.
package struct StepSample {
    package let slices: [TrainingSample]
    /// Its stream of random numbers.
    package var random: SeededGenerator
    package var losses = LossValues()
    /// What a turn made for those after it.
    package var fakes: Fakes?

    package init(_ slices: [TrainingSample], random: SeededGenerator) {
        (self.slices, self.random) = (slices, random)
    }
}

/// Synthesised images, for the discriminator's turn.
package struct Fakes {
    /// N×H×W×1.
    package let images: Tensor
    /// The contrast each of them should be.
    package let contrasts: [Int]
}
