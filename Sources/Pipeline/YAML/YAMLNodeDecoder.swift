import Files
import Yams

/// A `Decoder` over one node of a YAML document that notes every key asked for.
struct YAMLNodeDecoder: Decoder {
    let node: Node
    let codingPath: [any CodingKey]
    let visits: YAMLVisits
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// Where the node stands, for messages: "model.crop." or "".
    var location: String { codingPath.map { $0.stringValue + "." }.joined() }

    /// Decodes a whole value; failures of the type's own initialiser get the node's line.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        do {
            return try T(from: self)
        } catch let error as CollaGANError {
            throw error
        } catch {
            throw visits.problem(node, "'\(String(location.dropLast()))' \(reason(error, type))")
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .mapping(let mapping) = node else { throw mismatch("a mapping of keys to values") }
        return KeyedDecodingContainer(
            YAMLKeyedContainer(decoder: self, mapping: mapping, index: visits.enter(mapping, at: location)))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .sequence(let sequence) = node else { throw mismatch("a list") }
        return YAMLUnkeyedContainer(decoder: self, nodes: Array(sequence))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        YAMLSingleContainer(decoder: self)
    }

    func mismatch(_ expected: String) -> CollaGANError {
        let name = location.isEmpty ? "the file" : "'\(location.dropLast())'"
        let found = node.string.map { ", not '\($0)'" } ?? ""
        return visits.problem(node, "\(name) must be \(expected)\(found)")
    }

    private func reason<T>(_ error: any Error, _ type: T.Type) -> String {
        if let choices = type as? any CaseIterable.Type {
            return "must be one of \(Self.names(choices).joined(separator: ", ")), not '\(node.string ?? "")'"
        }
        if case DecodingError.dataCorrupted(let context) = error { return "is not valid: \(context.debugDescription)" }
        return "is not valid: \(error)"
    }

    private static func names<C: CaseIterable>(_ type: C.Type) -> [String] {
        type.allCases.map { ($0 as? any RawRepresentable).map { "\($0.rawValue)" } ?? "\($0)" }
    }
}

/// Reads one scalar.
struct YAMLSingleContainer: SingleValueDecodingContainer {
    let decoder: YAMLNodeDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.node.null != nil }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard let value = decoder.node.bool else { throw decoder.mismatch("true or false") }
        return value
    }

    func decode(_ type: String.Type) throws -> String {
        guard case .scalar(let scalar) = decoder.node else { throw decoder.mismatch("text") }
        return scalar.string
    }

    func decode(_ type: Double.Type) throws -> Double {
        guard let value = decoder.node.float, value.isFinite else { throw decoder.mismatch("a number") }
        return value
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
    func decode(_ type: Int.Type) throws -> Int { try integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type) }

    /// A whole number; "1e5" and "100_000" are whole numbers too.
    private func integer<I: FixedWidthInteger>() throws -> I {
        if let text = decoder.node.string, let value = I(text.filter { $0 != "_" }) { return value }
        if let value = decoder.node.float, let exact = I(exactly: value) { return exact }
        throw decoder.mismatch(I.min == 0 ? "a whole number that is not negative" : "a whole number")
    }
}
