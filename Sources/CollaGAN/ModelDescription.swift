import Metrics

/// Everything about a trained model that is not a weight: stored as metadata in the weight file.
public struct ModelDescription: Sendable, Codable, Equatable {
    /// Name for reports and sidecars, e.g. "collagan-compact".
    public var name: String
    /// Generator base width.
    public var ngf: Int
    /// Contrast names, in the order of the network's inputs.
    public var contrasts: [String]
    /// Height and width in pixels of the training crop; multiples of 16.
    public var crop: Crop
    /// In-plane pixel spacing in mm that the network was trained at.
    public var spacing: Double
    /// Per contrast: the median 99.5th percentile over the training patients; scale of an imputed volume.
    public var referenceScales: [Float]
    /// Voxelwise quadratic regressions fitted on the training patients, the baseline to beat.
    public var regressions: [QuadraticRegression]
    /// What the cycle self-check (METHOD §7) gives on the training patients; empty where it is not known.
    public var selfCheck: [SelfCheckReference]
    /// Whether every slice is imputed twice, as it is and mirrored left to right, and the mean taken.
    public var testTimeFlip: Bool
    /// How the weights came about: patients, configuration, steps, hours, seed, software version.
    public var provenance: [String: String]

    /// Self-check of one contrast after imputing another from all the rest, on the training patients.
    public struct SelfCheckReference: Sendable, Codable, Equatable {
        /// The imputed contrast.
        public var target: Int
        /// The contrast that was synthesised again and compared.
        public var contrast: Int
        /// Median over the training patients of the NMSE inside the brain.
        public var nmse: Double

        public init(target: Int, contrast: Int, nmse: Double) {
            (self.target, self.contrast, self.nmse) = (target, contrast, nmse)
        }
    }

    /// Height and width in pixels.
    public struct Crop: Sendable, Codable, Equatable {
        public var height: Int
        public var width: Int

        public init(height: Int, width: Int) {
            (self.height, self.width) = (height, width)
        }
    }

    public init(
        name: String, ngf: Int, contrasts: [String], crop: Crop, spacing: Double, referenceScales: [Float],
        regressions: [QuadraticRegression], selfCheck: [SelfCheckReference] = [],
        testTimeFlip: Bool = false, provenance: [String: String]
    ) {
        (self.name, self.ngf, self.contrasts, self.crop, self.spacing) = (name, ngf, contrasts, crop, spacing)
        (self.referenceScales, self.regressions) = (referenceScales, regressions)
        (self.selfCheck, self.testTimeFlip, self.provenance) = (selfCheck, testTimeFlip, provenance)
    }
}
