import Files
import Foundation

/// Identifiers of our own objects: "2.25." and a UUID as a decimal number (DICOM PS3.5, annex B.2; ITU-T X.667).
enum UniqueIdentifier {
    /// Of what wrote the file.
    static let implementation = of(["collagan", "implementation"])

    /// The same for the same words: a UUID of version 8 (RFC 9562), made of their SHA-256.
    static func of(_ words: [String]) -> String {
        let digest = FileHash.sha256(of: Data(words.joined(separator: "\n").utf8))
        var number = UInt128(digest.prefix(32), radix: 16) ?? 0
        number &= ~(UInt128(0xF) << 76 | UInt128(0b11) << 62)
        number |= UInt128(8) << 76 | UInt128(0b10) << 62
        return "2.25.\(number)"
    }
}
