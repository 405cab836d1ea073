/// Why volumes cannot be compared.
package struct MetricsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Kinds of refusal.
    package enum Code: String, Sendable, Codable {
        /// The volume does not lie on the truth's grid.
        case gridMismatch
        /// The volume holds NaN or infinite voxels.
        case notFinite
        /// The brain mask has no voxel above 0.
        case emptyMask
        /// The intensity range is not a number above 0.
        case badRange
    }

    /// Which of the arguments is to blame.
    package enum Subject: String, Sendable, Codable {
        /// The volume that is compared with.
        case truth = "true volume"
        /// The volume that is judged.
        case imputed = "imputed volume"
        /// Where the brain is.
        case brain = "brain mask"
        /// Where the lesions are.
        case lesion = "lesion mask"
        /// The dynamic range of the intensities.
        case range = "intensity range"
    }

    /// What kind of refusal it is.
    package let code: Code
    /// Which argument is to blame, for callers that know its file.
    package let subject: Subject
    /// One line for the user: what, why, what to do.
    package let message: String

    /// The message.
    package var description: String { message }

    init(_ code: Code, _ subject: Subject, _ message: String) {
        (self.code, self.subject, self.message) = (code, subject, message)
    }
}
