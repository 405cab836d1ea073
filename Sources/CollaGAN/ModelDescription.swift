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
    /// How the weights came about: patients, configuration, steps, hours, seed, software version.
    public var provenance: [String: String]

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
        regressions: [QuadraticRegression], provenance: [String: String]
    ) {
        (self.name, self.ngf, self.contrasts, self.crop, self.spacing) = (name, ngf, contrasts, crop, spacing)
        (self.referenceScales, self.regressions, self.provenance) = (referenceScales, regressions, provenance)
    }
}
