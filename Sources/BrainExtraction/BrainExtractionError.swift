/// Why no brain mask can be made of an image.
package struct BrainExtractionError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// All voxels alike, or nearly so.
        case showsNothing
        /// The network sees no brain.
        case noBrain
        /// Images of one patient on different grids.
        case gridsDiffer
    }

    package let code: Code
    /// One line to follow the file's name: what, and what to do.
    package let message: String

    package var description: String { message }

    init(_ code: Code, _ message: String) {
        (self.code, self.message) = (code, message)
    }
}
