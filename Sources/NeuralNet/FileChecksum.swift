import Crypto
import Files
import Foundation

/// The checksum of a safetensors file: metadata `collagan.sha256`, the SHA-256 of the whole file in which those 64 digits are zeros.
enum FileChecksum {
    static let key = "collagan.sha256"
    static let placeholder = String(repeating: "0", count: 64)

    /// Where a header as this program writes it holds the digits; nil if it holds none such.
    static func place(of digits: String, in header: Data) -> Range<Data.Index>? {
        guard let entry = header.range(of: Data("\"\(key)\":\"\(digits)\"".utf8)) else { return nil }
        return entry.upperBound - 1 - digits.utf8.count..<entry.upperBound - 1
    }

    /// Whether the file's bytes are those that its checksum was taken of.
    ///
    /// - Parameter header: where in the file the JSON header lies.
    static func holds(_ digits: String, for file: Data, header: Range<Data.Index>) -> Bool {
        guard digits.utf8.count == placeholder.utf8.count, let place = place(of: digits, in: file[header]) else {
            return false
        }
        var hash = SHA256()
        hash.update(data: file[..<place.lowerBound])
        hash.update(data: Data(placeholder.utf8))
        hash.update(data: file[place.upperBound...])
        return FileHash.hexadecimal(hash.finalize()) == digits
    }
}
