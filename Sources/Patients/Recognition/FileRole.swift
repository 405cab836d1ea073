import Files

/// What a NIfTI file is to a patient.
package enum FileRole: Sendable, Equatable {
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
package struct Recognition: Sendable, Equatable {
    /// File name without its folder.
    package let file: String
    /// The path that was asked about.
    package let path: String
    package let role: FileRole
    /// Half a sentence for people: "'t1ce' stands for T1Gd".
    package let reason: String
    /// Whether an unrecognised file may have been meant as a contrast, so that its user is to be told.
    package let mayBeMeant: Bool
    /// Index of the contrast that it may have been meant for, where its name says only one.
    package let meant: Int?
    /// What the file's name says beyond its role.
    package let sign: Sign?

    /// Whether the name says nothing at all.
    package var saysNothing: Bool { sign == .silent }

    /// What the files beside it are judged by, too, and what is told of it.
    package enum Sign: Sendable {
        /// A mask that its name says nothing of.
        case bareMask
        /// A brain mask that is called so.
        case brainMask
        /// No word that is known.
        case silent
        /// Part of a data set of images with regions to be filled, whose masks are these regions.
        case inpainting
    }

    package init(
        path: String, role: FileRole, reason: String, mayBeMeant: Bool = false, meant: Int? = nil, sign: Sign? = nil
    ) {
        file = FilePath.name(path)
        self.path = path
        self.role = role
        self.reason = reason
        self.mayBeMeant = mayBeMeant
        self.meant = meant
        self.sign = sign
    }
}
