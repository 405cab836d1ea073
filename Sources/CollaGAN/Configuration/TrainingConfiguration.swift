import ElementaryFunctions
import Foundation
import NeuralNet
import Preprocessing
import Tensors

/// Everything that decides a training, as it stands in a YAML file; missing keys take the values of
/// `TrainingConfiguration()`.
package struct TrainingConfiguration: Sendable, Codable, Equatable {
    /// Smallest side of a crop in pixels: leaves every discriminator's heads a position.
    package static let smallestCrop = 96

    /// Name of the resulting model.
    package var name = "collagan"
    /// How it is taught.
    package var method = MethodName.collagan
    /// Generator base width; CollaGAN's is a multiple of the number of contrasts where there is no `encoderWidth`.
    package var ngf = 16
    /// Discriminator base width of methods that let it be chosen.
    package var ndf = 64
    /// Residual blocks of the generators that have such.
    package var blocks = 6
    /// Width of an encoder's first level; `ngf` ÷ the number of contrasts if nil.
    package var encoderWidth: Int?
    /// Contrast names, in the order of the network's inputs.
    package var contrasts = ["T1", "T1Gd", "T2", "FLAIR"]
    /// Height and width of the training crop in pixels; multiples of 16, at least 96.
    package var crop = ModelDescription.Crop(height: 192, width: 160)
    /// In-plane pixel spacing in mm.
    package var spacing = 1.0
    /// How intensities are normalised.
    package var normalisation = Normalisation.Kind.mean
    /// Number of updates, of the generator where each step has one.
    package var steps = 10_000
    /// Samples per update.
    package var batch = 1
    /// Of the operands of the networks' products.
    package var precision = Precision.float32
    /// Seed of everything random.
    package var seed: UInt64 = 1
    /// Steps at the start that train the discriminator's domain head on real images alone.
    package var classifierFirstSteps = 0
    /// Steps (after those) that train the generator by direct reconstruction alone, before cycle and adversarial terms
    /// join.
    package var reconstructionFirstSteps = 0
    /// Probability that a sample loses 1 … N−2 further inputs besides the target.
    package var inputDropout = 0.0
    /// Whether a voxelwise quadratic regression, fitted first and then trained along, runs beside the network
    /// (method.md §10).
    package var hasRegressionBranch = false
    /// Whether the model imputes every slice and its mirror image and takes the mean.
    package var testTimeFlip = false
    /// Discriminator updates for every one of the generator; StarGAN.
    package var generatorEvery = 5
    /// Earlier images of a generator that its discriminator is shown again; CycleGAN.
    package var pool = 50
    /// Weights of the objective's terms (method.md §4, methods.md).
    package var weights = Weights()
    /// Dynamic range of the SSIM in the cycle loss.
    package var ssimRange: Float = 5
    /// The released code repeats the imputation as its own cycle pass, so that its adversarial and domain terms count
    /// twice.
    package var countImputationTwice = false
    /// Settings of the optimiser, for generator and discriminator.
    package var optimiser = Optimiser()
    /// Decay of the running average of the generator's weights that becomes the model; 0 takes the last weights.
    package var averaging: Float = 0
    /// How training samples are altered.
    package var augmentation = AugmentationSettings.paper
    /// How what the network is given of them is altered further, as other scanners would.
    package var inputVariation = InputVariationSettings.none
    /// What is equally likely to be drawn.
    package var sampling = Sampling()
    /// Slices with a smaller fraction of brain than this are not trained on.
    package var smallestBrain = 0.03
    /// When checkpoints are written, and how many are kept.
    package var checkpoints = Checkpoints()
    /// When held-out patients are looked at, and how closely.
    package var validation = Validation()
    /// What is taken over of the model that the training starts from; nil for one that starts from nothing.
    package var start: Start?

    /// What samples are drawn from.
    package struct Sampling: Sendable, Codable, Equatable {
        package enum Unit: String, Sendable, Codable {
            /// Every slice with enough brain.
            case slice
            /// Every subject, then each of its slices.
            case subject
            /// Every site, then each of its subjects.
            case site
        }

        /// What is equally likely.
        package var by = Unit.slice
        /// A regular expression: what it finds in a patient's name (its first group, if it has one) is the site.
        package var site: String?
        /// By patient, contrasts that are given to the network but never imputed: noisy, blurred or displaced ones.
        package var inputsOnly: [String: [String]] = [:]

        package init() {}
    }

    /// λ of each term of method.md §4 and methods.md; 0 switches a term off.
    package struct Weights: Sendable, Codable, Equatable {
        package var cycle: Float = 10
        package var ssim: Float = 1
        package var adversarial: Float = 1
        package var classification: Float = 1
        package var reconstruction: Float = 0
        /// mean (x_κ − x̂_κ)².
        package var squared: Float = 0
        /// −log((1 + SSIM(x_κ, x̂_κ)) ÷ 2).
        package var similarity: Float = 0
        /// mean |x − G(x)|, x of G's target.
        package var identity: Float = 0
        /// mean (‖∇D‖ − 1)².
        package var penalty: Float = 0

        package init() {}
    }

    /// Adam's settings and the schedule of its rate.
    package struct Optimiser: Sendable, Codable, Equatable {
        /// Learning rate at the first step.
        package var rate: Float = 1e-5
        package var beta1: Float = 0.5
        package var beta2: Float = 0.999
        /// How the rate falls: `constant`, `linear` (to 0 at the last step), `late` (constant for half of the steps, then
        /// linear) or `exponential` (× `factor` every `every` steps).
        package var decay = Decay.exponential
        package var factor: Float = 0.99
        package var every = 400

        package enum Decay: String, Sendable, Codable {
            case constant, linear, late, exponential
        }

        package init() {}

        /// An optimiser with these settings.
        func make(for parameters: [Parameter]) -> any NeuralNet.Optimiser {
            Adam(parameters, beta1: beta1, beta2: beta2)
        }

        /// Rate for a step counted from 0 of `steps`.
        package func rate(at step: Int, of steps: Int) -> Float {
            switch decay {
            case .constant: rate
            case .linear: rate * max(0, 1 - Float(step) / Float(steps))
            case .late: rate * min(1, 2 * max(0, 1 - Float(step) / Float(steps)))
            case .exponential: rate * Float(Elementary.power(Double(factor), step / every))
            }
        }
    }

    /// When checkpoints are written, and how many are kept.
    package struct Checkpoints: Sendable, Codable, Equatable {
        /// Steps between checkpoints.
        package var every = 500
        /// How many of the last ones are kept.
        package var keep = 3

        package init() {}
    }

    /// When held-out patients are looked at, and how closely; without such patients it means nothing.
    package struct Validation: Sendable, Codable, Equatable {
        /// Steps between validations; the last step is always followed by one.
        package var every = 1000
        /// At most so many slices of each patient, evenly spread over those that hold brain.
        package var slices = 24

        package init() {}
    }

    package init() {}

    /// A method's defaults.
    package init(_ method: MethodName) {
        (self.method, name) = (method, method.rawValue)
        method.kind.setDefaults(of: &self)
    }

    /// Updates in all: those of the discriminator alone, then the generator's.
    var lastStep: Int { classifierFirstSteps + steps }
}
