/// Name and version that go into every sidecar and manifest.
public enum Software {
    /// Name of the program.
    public static let name = "collagan"
    /// Semantic version.
    public static let version = "0.2.0"
}
