import Files
import Foundation

/// Values of a header as text and numbers.
enum HeaderText {
    /// UTF-8, or Latin-1 where it is none; on one line, without the blanks and zeros that fill it up.
    static func text(_ bytes: [UInt8]) -> String {
        let text = String(validating: bytes, as: UTF8.self) ?? String(bytes.map { Character(Unicode.Scalar($0)) })
        return text.trimmingCharacters(in: CharacterSet(charactersIn: "\0 \t\r\n")).onOneLine
    }

    /// The parts of a value with several; empty for an empty one.
    static func texts(_ bytes: [UInt8]) -> [String] {
        let whole = text(bytes)
        guard !whole.isEmpty else { return [] }
        return whole.split(separator: "\\", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// The numbers of a decimal string; nil where one is none.
    static func numbers(_ bytes: [UInt8]) -> [Double]? {
        var numbers: [Double] = []
        for text in texts(bytes) {
            guard let number = Double(text), number.isFinite else { return nil }
            numbers.append(number)
        }
        return numbers.isEmpty ? nil : numbers
    }
}
