/// By what a contrast's intensities are divided.
package struct IntensityScales: Sendable {
    /// By the model's normalisation.
    package var scale: Float
    /// By the metrics: the 99.5th percentile in the brain.
    package var percentile: Float

    package init(scale: Float, percentile: Float) {
        (self.scale, self.percentile) = (scale, percentile)
    }
}

/// One file that was read for a patient.
package struct InputRecord: Codable, Sendable, Equatable {
    /// A contrast's name, `brainmask` or `lesion`.
    package var role: String
    /// File name.
    package var file: String
    package var sha256: String
    /// Voxels along the storage axes.
    package var size: [Int]
    /// mm along the storage axes.
    package var spacing: [Double]
    /// Orientation code of the storage axes, e.g. "LPI".
    package var orientation: String
    /// 99.5th percentile in the brain; nil for masks.
    package var percentile: Float?
    /// By what the contrast was divided; nil for masks and in what version 0.1 wrote.
    package var scale: Float?

    package init(
        role: String, file: String, sha256: String, size: [Int], spacing: [Double], orientation: String,
        scales: IntensityScales?
    ) {
        (self.role, self.file, self.sha256) = (role, file, sha256)
        (self.size, self.spacing, self.orientation) = (size, spacing, orientation)
        (percentile, scale) = (scales?.percentile, scales?.scale)
    }
}
