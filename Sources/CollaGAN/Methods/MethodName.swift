/// A way to learn to synthesise contrasts, by the name that training files and model files give it
/// (docs/explanation/methods.md).
package struct MethodName: RawRepresentable, Hashable, Sendable, Codable, CaseIterable {
    /// The table of methods.
    private static var kinds: [any Method.Type] {
        [
            CollaGANMethod.self,
            StarGANMethod.self,
            CycleGANMethod.self,
            Pix2PixMethod.self,
        ]
    }

    package static var allCases: [MethodName] { kinds.map { MethodName($0) } }
    package static let collagan = MethodName(CollaGANMethod.self)

    package let rawValue: String

    private init(_ kind: any Method.Type) { rawValue = kind.name }

    package init?(rawValue: String) {
        guard Self.kinds.contains(where: { $0.name == rawValue }) else { return nil }
        self.rawValue = rawValue
    }

    package var kind: any Method.Type {
        guard let kind = Self.kinds.first(where: { $0.name == rawValue }) else {
            preconditionFailure("a method that the table does not hold")
        }
        return kind
    }
}
