import Foundation

/// Numbers as reports print them: the same on every machine, "–" for what does not exist.
package enum ReportNumber {
    /// What stands for a number that does not exist.
    package static let none = "–"

    /// Fixed decimals; "∞" where infinite, "–" for nil and NaN, a true minus sign, never "-0".
    package static func fixed(_ value: Double?, _ decimals: Int) -> String {
        guard let value, !value.isNaN else { return none }
        guard value.isFinite else { return value > 0 ? "∞" : "−∞" }
        guard abs(value) < 1e15 else { return String(format: "%.3g", value) }
        let digits = String(format: "%.\(decimals)f", abs(value))
        return value < 0 && digits.contains { $0 != "0" && $0 != "." } ? "−" + digits : digits
    }

    /// As `fixed` with its sign, "+" too; 0 has none.
    static func signed(_ value: Double?, _ decimals: Int) -> String {
        let text = fixed(value, decimals)
        return text != none && text.contains { $0 != "0" && $0 != "." } && (value ?? 0) > 0 ? "+" + text : text
    }

    /// Position of an axial slice, e.g. "z = 23 mm".
    static func millimetres(_ z: Double) -> String { "z = \(fixed(z, 0)) mm" }

    /// Up to `decimals` decimals, without zeros at the end, e.g. "0.72" or "3".
    static func short(_ value: Double, _ decimals: Int = 3) -> String {
        var text = fixed(value, decimals)
        guard text.contains("."), !text.contains("e") else { return text }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }

    /// A file's or model's digest, cut to 12 hexadecimal digits.
    static func digest(_ sha256: String) -> String { sha256.isEmpty ? none : String(sha256.prefix(12)) }
}

extension ReportNumber {
    /// A coordinate in a drawing: two decimals and an ASCII sign.
    static func coordinate(_ value: Double) -> String { String(format: "%.2f", value) }
}
