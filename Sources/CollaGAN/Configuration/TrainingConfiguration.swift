import ElementaryFunctions
import Foundation
import NeuralNet
import Preprocessing
import Tensors

/// Everything that decides a training, as it stands in a YAML file; missing keys take the values of
/// `TrainingConfiguration()`.
package struct TrainingConfiguration: Sendable, Codable, Equatable {
    /// Name of the resulting model.
    package var name = "collagan"
    /// Generator base width; a multiple of the number of contrasts where there is no `encoderWidth`.
    package var ngf = 16
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
    /// Number of generator updates.
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
    /// Weights of the objective's terms (method.md §4).
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

    /// λ of each term of method.md §4; 0 switches a term off.
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

        package init() {}
    }

    /// Adam's settings and the schedule of its rate.
    package struct Optimiser: Sendable, Codable, Equatable {
        /// Learning rate at the first step.
        package var rate: Float = 1e-5
        package var beta1: Float = 0.5
        package var beta2: Float = 0.999
        /// How the rate falls: `constant`, `linear` (to 0 at the last step) or `exponential` (× `factor` every `every`
        /// steps).
        package var decay = Decay.exponential
        package var factor: Float = 0.99
        package var every = 400

        package enum Decay: String, Sendable, Codable {
            case constant, linear, exponential
        }

        package init() {}

        /// An optimiser with these settings.
        func make(for parameters: [Parameter]) -> any NeuralNet.Optimiser {
            Adam(parameters, beta1: beta1, beta2: beta2)
        }

        /// Rate for a step counted from 0 of `steps`.
        func rate(at step: Int, of steps: Int) -> Float {
            switch decay {
            case .constant: rate
            case .linear: rate * max(0, 1 - Float(step) / Float(steps))
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

    /// Updates in all: those of the discriminator alone, then the generator's.
    var lastStep: Int { classifierFirstSteps + steps }
    /// Whether any term needs the cycle passes.
    var usesCycle: Bool { weights.cycle > 0 || weights.ssim > 0 || usesDiscriminator }
    /// Whether any term compares the imputed slice with the truth.
    var usesReconstruction: Bool { weights.reconstruction > 0 || weights.squared > 0 || weights.similarity > 0 }
    /// Whether any term needs the discriminator.
    var usesDiscriminator: Bool { weights.adversarial > 0 || weights.classification > 0 }

    /// Checks that the values make sense together, before any work.
    ///
    /// - Throws: `ModelError.Code.configuration` naming the first key that does not.
    package func validate() throws(ModelError) {
        try precision.requireUnit()
        func refuse(_ key: String, _ why: String) -> ModelError { ModelError(.configuration, "", "\(key): \(why)") }
        let n = contrasts.count
        guard (2...8).contains(n), Set(contrasts).count == n,
            contrasts.allSatisfy({ !$0.isEmpty && !$0.contains(",") })
        else { throw refuse("contrasts", "2 to 8 different names are needed") }
        guard (1...1024).contains(ngf), encoderWidth != nil || ngf % n == 0 else {
            throw refuse(
                "ngf", "\(ngf) is not a multiple of the number of contrasts (\(n)); choose e.g. \(max(1, ngf / n) * n)")
        }
        guard (1...1024).contains(encoderWidth ?? 1) else { throw refuse("encoderWidth", "must be from 1 to 1024") }
        guard [crop.height, crop.width].allSatisfy({ $0 >= Discriminator.smallestCrop && $0 <= 1024 && $0 % 16 == 0 })
        else {
            throw refuse("crop", "\(crop.height)×\(crop.width): both sides must be multiples of 16 from 96 to 1024")
        }
        guard spacing.isFinite, spacing > 0.05, spacing < 20 else {
            throw refuse("spacing", "must be a pixel size in mm")
        }
        guard [steps, classifierFirstSteps, reconstructionFirstSteps].allSatisfy({ $0 <= 1_000_000_000 }) else {
            throw refuse("steps, classifierFirstSteps, reconstructionFirstSteps", "must be at most 1000000000")
        }
        guard steps > 0, batch > 0, batch <= 256, classifierFirstSteps >= 0, reconstructionFirstSteps >= 0 else {
            throw refuse("steps, batch", "must be positive")
        }
        guard checkpoints.every > 0, (1...1000).contains(checkpoints.keep) else {
            throw refuse("checkpoints", "every must be positive, keep from 1 to 1000")
        }
        guard validation.every > 0, validation.slices > 0 else {
            throw refuse("validation", "every and slices must be positive")
        }
        guard (0...1).contains(inputDropout), (0..<1).contains(averaging), (0..<1).contains(smallestBrain) else {
            throw refuse("inputDropout, averaging, smallestBrain", "must lie between 0 and 1")
        }
        let all = [
            weights.cycle, weights.ssim, weights.adversarial, weights.classification, weights.reconstruction,
            weights.squared, weights.similarity,
        ]
        guard all.allSatisfy({ $0.isFinite && $0 >= 0 }), all.contains(where: { $0 > 0 }) else {
            throw refuse("weights", "must not be negative, and one must be positive")
        }
        guard reconstructionFirstSteps == 0 || usesReconstruction else {
            throw refuse(
                "reconstructionFirstSteps", "needs weights.reconstruction, squared or similarity above 0")
        }
        if sampling.by == .site {
            guard let site = sampling.site, (try? Regex(site)) != nil else {
                throw refuse("sampling.site", "a regular expression that finds the site in a patient's name is needed")
            }
        }
        guard ssimRange.isFinite, ssimRange > 0 else { throw refuse("ssimRange", "must be positive") }
        guard optimiser.rate.isFinite, optimiser.rate > 0, (0..<1).contains(optimiser.beta1),
            (0..<1).contains(optimiser.beta2), optimiser.every > 0, optimiser.factor > 0, optimiser.factor <= 1
        else {
            throw refuse("optimiser", "rate and every must be positive, beta1 and beta2 in 0 ..< 1, factor in 0 … 1")
        }
    }
}
