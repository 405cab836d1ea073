import Foundation

/// A record of finished work that knows whether it, or a file that it is about, was damaged since.
package protocol SealedRecord: Codable {
    /// SHA-256 of the record's own file with this value as 64 zeros; set while it is written.
    var checksum: String { get }
    /// SHA-256 of every other file that it is about, by path relative to the folder of results.
    var sha256: [String: String] { get }
}

extension SealedRecord {
    /// Whether every file is there with the bytes it was written with. Reads them all.
    package func isIntact(in folder: String) -> Bool {
        sha256.sorted { $0.key < $1.key }.allSatisfy { (try? FileHash.sha256("\(folder)/\($0.key)")) == $0.value }
    }
}

/// The checksum inside a record's file.
package enum RecordSeal {
    /// Stands in the place of the checksum while it is computed.
    package static let blank = String(repeating: "0", count: 64)

    private static let start = Data(#""checksum" : ""#.utf8)

    /// The file of a record whose `checksum` is blank, with the checksum in its place.
    static func seal(_ data: Data) -> Data {
        guard let place = place(in: data) else { return data }
        return data.replacingCharacters(in: place, with: FileHash.sha256(of: data))
    }

    /// Whether nothing in the file changed since it was sealed.
    package static func isIntact(_ data: Data) -> Bool {
        guard let place = place(in: data) else { return false }
        return FileHash.sha256(of: data.replacingCharacters(in: place, with: blank))
            == String(
                decoding: data[place], as: UTF8.self)
    }

    /// A quote inside a text is escaped, so that only the key itself can look like it.
    private static func place(in data: Data) -> Range<Data.Index>? {
        guard let key = data.range(of: start), data.endIndex - key.upperBound > blank.utf8.count else { return nil }
        return key.upperBound..<key.upperBound + blank.utf8.count
    }
}

extension Data {
    fileprivate func replacingCharacters(in place: Range<Index>, with text: String) -> Data {
        var copy = self
        copy.replaceSubrange(place, with: Data(text.utf8))
        return copy
    }
}
