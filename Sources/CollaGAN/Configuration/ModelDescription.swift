import Metrics
import Preprocessing

/// Everything about a trained model that is not a weight: stored as metadata in the weight file.
package struct ModelDescription: Sendable, Codable, Equatable {
    /// Name for reports and sidecars, e.g. "collagan-multisite".
    package var name: String
    /// How it was taught, and what network it has.
    package var method = MethodName.collagan
    /// By target, the contrasts that a model of one input makes it of, the best first; empty for a model that takes all
    /// that are there.
    package var sources: [[Int]] = []
    /// Residual blocks of a generator that has such.
    package var blocks = 0
    /// Generator base width.
    package var ngf: Int
    /// Width of an encoder's first level.
    package var encoderWidth: Int
    /// Names of contrasts that the model was taught to do without: each still has an encoder, whose image is empty.
    package var emptyEncoders: [String] = []
    /// Contrast names, in the order of the network's inputs.
    package var contrasts: [String]
    /// Height and width in pixels of the training crop; multiples of 16.
    package var crop: Crop
    /// In-plane pixel spacing in mm that the network was trained at.
    package var spacing: Double
    /// How intensities are normalised before the network sees them.
    package var normalisation: Normalisation
    /// Per contrast: the median scale over the training patients, by which an imputed volume is multiplied.
    package var referenceScales: [Float]
    /// Voxelwise quadratic regressions fitted on the training patients, the baseline to beat.
    package var regressions: [QuadraticRegression]
    /// What the cycle self-check (method.md §7) gives on the training patients; empty where it is not known.
    package var selfCheck: [SelfCheckReference]
    /// Whether every slice is imputed twice, as it is and mirrored left to right, and the mean taken.
    package var testTimeFlip: Bool
    /// How the weights came about: patients, configuration, steps, hours, seed, software version.
    package var provenance: [String: String]

    /// Self-check of one contrast after imputing another from all the rest, on the training patients.
    package struct SelfCheckReference: Sendable, Codable, Equatable {
        /// The imputed contrast.
        package var target: Int
        /// The contrast that was synthesised again and compared.
        package var contrast: Int
        /// Median over the training patients of the NMSE inside the brain.
        package var nmse: Double

        package init(target: Int, contrast: Int, nmse: Double) {
            (self.target, self.contrast, self.nmse) = (target, contrast, nmse)
        }
    }

    /// Height and width in pixels.
    package struct Crop: Sendable, Codable, Equatable {
        package var height: Int
        package var width: Int

        package init(height: Int, width: Int) {
            (self.height, self.width) = (height, width)
        }
    }

    /// What of the contrasts that are there the network looks at to make another.
    ///
    /// - Parameter available: without the target.
    package func inputs(of target: Int, among available: [Int]) -> [Int] {
        guard !sources.isEmpty else { return available }
        return sources[target].first(where: available.contains).map { [$0] } ?? []
    }

    /// What a contrast is made of again in the self-check, once another has been imputed from those that are there:
    /// of the imputed one alone where the network takes one input, else of all others, too.
    package func selfCheckInputs(imputed target: Int, _ others: [Int]) -> [Int] {
        sources.isEmpty ? others + [target] : [target]
    }

    /// The same model with one contrast as the source of all that can be made of it; what the self-check usually gives
    /// is not known of a source that is not the best.
    package func using(source: Int) -> ModelDescription {
        var description = self
        description.sources = sources.map { list in
            list.contains(source) ? [source] + list.filter { $0 != source } : list
        }
        description.selfCheck = selfCheck.filter { description.sources[$0.target] == sources[$0.target] }
        return description
    }

    /// - Parameter encoderWidth: `ngf` ÷ the number of contrasts if nil.
    package init(
        name: String, ngf: Int, encoderWidth: Int? = nil, contrasts: [String], crop: Crop, spacing: Double,
        normalisation: Normalisation,
        referenceScales: [Float], regressions: [QuadraticRegression], selfCheck: [SelfCheckReference] = [],
        testTimeFlip: Bool = false, provenance: [String: String]
    ) {
        self.name = name
        self.ngf = ngf
        self.encoderWidth = encoderWidth ?? ngf / max(contrasts.count, 1)
        self.contrasts = contrasts
        self.crop = crop
        self.spacing = spacing
        self.normalisation = normalisation
        (self.referenceScales, self.regressions) = (referenceScales, regressions)
        (self.selfCheck, self.testTimeFlip, self.provenance) = (selfCheck, testTimeFlip, provenance)
    }
}
