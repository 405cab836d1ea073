/// A table as RFC 4180 has it: comma, CRLF, quotes doubled.
public struct CSVTable: Sendable, Equatable {
    public let columns: [String]
    public private(set) var rows: [[String]] = []

    public init(columns: [String]) {
        self.columns = columns
    }

    /// Adds a row; columns without a value stay empty.
    public mutating func append(_ values: [String: String]) {
        rows.append(columns.map { values[$0] ?? "" })
    }

    /// The whole table with its header line.
    public func text() -> String {
        ([columns] + rows).map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ field: String) -> String {
        guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
