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
    /// 99.5th percentile in the brain, by which the contrast was divided; nil for masks.
    package var percentile: Float?

    package init(
        role: String, file: String, sha256: String, size: [Int], spacing: [Double], orientation: String,
        percentile: Float?
    ) {
        (self.role, self.file, self.sha256) = (role, file, sha256)
        (self.size, self.spacing, self.orientation) = (size, spacing, orientation)
        self.percentile = percentile
    }
}
