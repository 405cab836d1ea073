/// An imputed contrast.
public struct Imputation: Sendable {
    public let contrast: String
    /// The contrasts that it was made from.
    public let inputs: [String]
    /// On the patient's own grid, at least 0, exactly 0 outside the brain.
    public let image: Image
    /// Voxel value ÷ `intensityScale` = normalised intensity.
    public let intensityScale: Float
    /// What was done beyond the usual (a contrast resampled, tissue outside the window), a line each.
    public let notes: [String]
    /// Against the acquired contrast, where the patient has it: in normalised intensities, as `collagan evaluate` scores, whose
    /// numbers differ by the rounding of the file in between. nil where it is missing.
    public let scores: Scores?
}
