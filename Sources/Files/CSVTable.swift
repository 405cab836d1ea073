/// A table as RFC 4180 has it: comma, CRLF, quotes doubled.
package struct CSVTable: Sendable, Equatable {
    package let columns: [String]
    /// Finished lines, so that a long table takes no more memory than its file.
    private var lines: [String] = []

    package init(columns: [String]) {
        self.columns = columns
    }

    /// Adds a row; columns without a value stay empty.
    package mutating func append(_ values: [String: String]) {
        lines.append(Self.line(columns.map { values[$0] ?? "" }))
    }

    /// The whole table with its header line.
    package func text() -> String {
        Self.line(columns) + rows
    }

    /// The rows alone.
    package var rows: String { lines.joined() }

    private static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ field: String) -> String {
        guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
