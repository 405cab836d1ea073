extension MethodName {
    /// The table of methods.
    private static var kinds: [any Method.Type] {
        [
            CollaGANMethod.self,
            StarGANMethod.self,
            CycleGANMethod.self,
            Pix2PixMethod.self,
        ]
    }

    package var kind: any Method.Type {
        guard let kind = Self.kinds.first(where: { $0.name == rawValue }) else {
            preconditionFailure("a method that the table does not hold")
        }
        return kind
    }
}

extension MethodName: CaseIterable {
    package static var allCases: [MethodName] { kinds.map { MethodName(named: $0.name) } }
}

extension MethodName: RawRepresentable, Codable {
    package init?(rawValue: String) {
        guard let known = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = known
    }
}
