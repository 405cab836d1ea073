/// A way to learn to synthesise contrasts, by the name that training files and model files give it
/// (docs/explanation/methods.md).
package struct MethodName: Hashable, Sendable {
    package static let collagan = MethodName(named: "collagan")

    package let rawValue: String

    /// - Parameter name: of a method in the table.
    init(named name: String) { rawValue = name }
}
