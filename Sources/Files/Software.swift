/// Name and version that go into every sidecar and manifest.
package enum Software {
    /// Name of the program.
    package static let name = "collagan"
    /// Semantic version.
    package static let version = "0.2.0"
}
