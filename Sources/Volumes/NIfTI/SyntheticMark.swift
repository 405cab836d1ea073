/// What an image says inside itself where its voxels were computed and never acquired, so that nobody who meets the file
/// alone takes them for acquired: in the header's free text, and at length as a comment (header extension of code 6).
package struct SyntheticMark: Sendable, Equatable {
    /// What the free text of a marked image begins with.
    static let word = "synthetic"
    /// Bytes that the header has for free text, with a zero at its end.
    private static let room = 80
    /// Header extension for text (https://nifti.nimh.nih.gov/nifti-1/documentation/faq: NIFTI_ECODE_COMMENT).
    static let commentCode = 6

    /// For the header: "synthetic …", cut to what there is room for.
    let description: String
    /// Of any length, ASCII.
    let comment: String

    /// - Parameters:
    ///   - what: the image is, after the word "synthetic"; ASCII.
    ///   - comment: at length; ASCII.
    package init(_ what: String, comment: String) {
        (description, self.comment) = ("\(Self.word) \(what)", comment)
    }

    /// The header's free text, filled up with zeros.
    static func freeText(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8.prefix(room - 1))
        return bytes + [UInt8](repeating: 0, count: room - bytes.count)
    }

    /// What follows the header: the announcement, and the comment in an extension filled up to a multiple of 16 bytes.
    var extensions: [UInt8] {
        let text = Array(comment.utf8)
        let size = (8 + text.count + 1 + 15) / 16 * 16
        let head = [Int32(size), Int32(Self.commentCode)].withUnsafeBytes { Array($0) }
        return [1, 0, 0, 0] + head + text + [UInt8](repeating: 0, count: size - 8 - text.count)
    }
}

extension NIfTIReader {
    /// More of extensions is not looked at.
    private static let largestExtensions = 1 << 16

    /// The text of the file's first comment; nil where there is none. Call it before anything else is read.
    ///
    /// A list of extensions that does not fit between header and voxels counts as none.
    func comment() throws(VolumeError) -> String? {
        guard let room = roomForExtensions else { return nil }
        let bytes = try readExtensions(min(room, Self.largestExtensions))
        guard bytes.count >= 4, bytes[0] != 0 else { return nil }
        func number(at place: Int) -> Int {
            let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: Int32.self) }
            return Int(isSwapped ? value.byteSwapped : value)
        }
        var place = 4
        while place + 8 <= bytes.count {
            let (size, code) = (number(at: place), number(at: place + 4))
            guard size >= 8, size <= bytes.count - place else { return nil }
            if code == SyntheticMark.commentCode {
                let text = bytes[place + 8..<place + size].prefix { $0 != 0 }
                return String(decoding: text, as: UTF8.self).printable
            }
            place += size
        }
        return nil
    }
}
