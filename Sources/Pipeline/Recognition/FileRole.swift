/// What a NIfTI file is to a patient.
public enum FileRole: Sendable, Equatable {
    /// The model's contrast of that index.
    case contrast(Int)
    /// A brain mask.
    case brainMask
    /// A lesion or tumour segmentation.
    case lesion
    /// An image that collagan itself synthesised or preprocessed: never an input.
    case ownOutput
    /// Anything else.
    case unrecognised
}

/// A file's role and why it was given.
public struct Recognition: Sendable, Equatable {
    /// File name without its folder.
    public let file: String
    public let role: FileRole
    /// Half a sentence for people: "'t1ce' stands for T1Gd".
    public let reason: String
}
