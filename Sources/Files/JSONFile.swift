import Foundation

/// JSON as every file of collagan holds it: keys sorted, indented, the same bytes for the same values.
package enum JSONFile {
    /// Encodes a value. Numbers that JSON lacks (NaN, infinities) become the strings "nan", "inf" and "-inf".
    package static func encode(_ value: some Encodable) throws(CollaGANError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try encoder.encode(value) + Data("\n".utf8)
        } catch {
            throw CollaGANError(.unwritable, path: "", "a result cannot be written as JSON: \(error)")
        }
    }

    /// A value as it stands inside of `depth` objects or arrays.
    package static func fragment(_ value: some Encodable, depth: Int = 1) throws(CollaGANError) -> String {
        let indent = String(repeating: "  ", count: depth)
        let lines = String(decoding: try encode(value), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.enumerated().map { $0.offset == 0 || $0.element.isEmpty ? $0.element : indent + $0.element }
            .joined(separator: "\n")
    }

    /// An object of values that were encoded before: the same bytes as if it were encoded at once.
    /// - Parameter fields: fragments of depth 1, each in parts, by key. Keys need no escapes.
    /// - Returns: the object in parts.
    package static func object(_ fields: [String: [String]]) -> [String] {
        let members = fields.sorted { $0.key < $1.key }.enumerated().flatMap { index, field in
            ["\(index == 0 ? "" : ",")\n  \"\(field.key)\" : "] + field.value
        }
        return ["{"] + members + ["\n}\n"]
    }

    /// Writes a value whole or not at all.
    package static func write(_ value: some Encodable, to path: String) throws(CollaGANError) {
        try AtomicFile.write(encode(value), to: path)
    }

    /// `encode` for a record whose `checksum` is blank, with the checksum filled in.
    package static func encode(sealing record: some SealedRecord) throws(CollaGANError) -> Data {
        RecordSeal.seal(try encode(record))
    }

    /// Bytes beyond which a file is not ours: `run.json` has about 1 kB per patient.
    private static let largest = 256 << 20

    /// Reads what `write` wrote; nil if the file is missing, damaged or of another form.
    package static func read<T: Decodable>(_ type: T.Type, from path: String) -> T? {
        contents(path).flatMap { decode(type, $0) }
    }

    /// The object in a file of anybody's; nil if there is none, it is no plain file or larger than it may be.
    package static func object(_ path: String, upTo bytes: Int) -> [String: Any]? {
        contents(path, upTo: bytes).flatMap { try? JSONSerialization.jsonObject(with: $0) as? [String: Any] }
    }

    private static func contents(_ path: String, upTo bytes: Int = largest) -> Data? {
        guard let status = FileStatus(path), status.kind == .regular, status.size <= bytes else { return nil }
        return FileManager.default.contents(atPath: path)
    }

    /// `read` for records: nil also where a single byte changed since the record was written.
    package static func read<Record: SealedRecord>(_ type: Record.Type, from path: String) -> Record? {
        guard let data = contents(path), RecordSeal.isIntact(data) else { return nil }
        return decode(type, data)
    }

    private static func decode<T: Decodable>(_ type: T.Type, _ data: Data) -> T? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(type, from: data)
    }
}
