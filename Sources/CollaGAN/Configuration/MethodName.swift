/// A way to learn to synthesise contrasts, by the name that training files and model files give it
/// (docs/explanation/methods.md).
package struct MethodName: Hashable, Sendable {
    package static let collagan = MethodName(named: "collagan")

    private let name: String

    package var rawValue: String { name }

    /// - Parameter name: of a method in the table.
    init(named name: String) { self.name = name }
}
