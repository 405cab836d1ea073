/// Why two images cannot be registered.
package struct RegistrationError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// All voxels alike, or none is finite and above 0.
        case showsNothing
        /// Fewer voxels than a head needs, or a geometry that is none.
        case tooSmall
    }

    /// Which of the two images it is about.
    package enum Image: String, Sendable { case fixed, moving }

    package let code: Code
    package let image: Image
    /// What and what to do, to follow the file's name.
    package let message: String

    package var description: String { message }

    init(_ code: Code, _ image: Image, _ message: String) {
        (self.code, self.image, self.message) = (code, image, message)
    }
}
