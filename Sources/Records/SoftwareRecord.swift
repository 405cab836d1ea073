import Files

/// Program that made a file.
package struct SoftwareRecord: Codable, Sendable, Equatable {
    package var name = Software.name
    package var version = Software.version

    package init() {}
}

/// Model that made a file.
package struct ModelRecord: Codable, Sendable, Equatable {
    package var name: String
    /// SHA-256 of the weight file.
    package var sha256: String

    package init(name: String, sha256: String) {
        (self.name, self.sha256) = (name, sha256)
    }
}
