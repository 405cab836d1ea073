/// Something about a patient's images that makes a result doubtful.
package struct InputFinding: Sendable, Equatable {
    /// What it is about.
    package enum Kind: Sendable {
        /// The brain mask does not agree with the images and is not used.
        case doubtfulMask
        /// The skull is still there, and no mask is used.
        case skull
        /// A contrast has no data in a part of the brain.
        case partialCoverage
        /// Two contrasts do not lie on each other.
        case misaligned
        /// Voxels inside the brain are no numbers.
        case notFinite
    }

    package let kind: Kind
    /// One line: what, which file, by how much, what to do.
    package let text: String
}
