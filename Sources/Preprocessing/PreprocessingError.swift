/// Why a patient cannot be prepared for the network.
package struct PreprocessingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Kinds of refusal.
    package enum Code: String, Sendable, Codable {
        /// The settings ask for an impossible window or spacing.
        case badSettings
        /// The patient has none of the contrasts.
        case noContrast
        /// A grid has no voxels, no usable voxel size, or would need an absurdly large image.
        case badGeometry
        /// A volume has no voxel above 0 where the brain should be.
        case empty
        /// All brain voxels have one value, or nearly all are 0: nothing to normalise by.
        case degenerate
        /// A contrast lies elsewhere in space than the reference contrast.
        case noOverlap
        /// The brain mask is empty or does not meet the contrasts.
        case badMask
    }

    /// What kind of refusal it is.
    package let code: Code
    /// The file that is refused; empty where no single file is to blame.
    package let path: String
    /// One line for the user: what, which file, why, what to do.
    package let message: String

    /// The message.
    package var description: String { message }

    init(_ code: Code, path: String = "", _ message: String) {
        // A path may hold line breaks; the message stays one line.
        (self.code, self.path, self.message) = (code, path, String(message.map { $0.isNewline ? " " : $0 }))
    }
}
