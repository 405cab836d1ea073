import Foundation

/// A table as RFC 4180 has it, read into rows by column.
struct CSVFile {
    let columns: [String]
    let rows: [[String: String]]

    init(_ data: Data) {
        var lines = [[String]]()
        var fields = [String]()
        var field = ""
        var isQuoted = false
        let text = Array(String(decoding: data, as: UTF8.self).unicodeScalars)
        for (at, scalar) in text.enumerated() {
            switch scalar {
            case "\"":
                // A quote after one that seemed to end the field is a doubled one.
                if !isQuoted, at > 0, text[at - 1] == "\"", !field.isEmpty { field += "\"" }
                isQuoted.toggle()
            case "," where !isQuoted:
                fields.append(field)
                field = ""
            case "\r" where !isQuoted: continue
            case "\n" where !isQuoted:
                lines.append(fields + [field])
                (fields, field) = ([], "")
            default: field.unicodeScalars.append(scalar)
            }
        }
        let heading = lines.first ?? []
        columns = heading
        rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(heading, $0)) }
    }

    /// The rows that have these values.
    func rows(_ values: [String: String]) -> [[String: String]] {
        rows.filter { row in values.allSatisfy { row[$0.key] == $0.value } }
    }
}
