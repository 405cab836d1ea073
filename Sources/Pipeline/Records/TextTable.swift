/// A table for people: names to the left, numbers to the right, two spaces between.
struct TextTable {
    private let lines: [[String]]
    private let namedColumns: Int
    private let widths: [Int]

    /// - Parameters:
    ///   - lines: the heading first, all of the same number of fields.
    ///   - namedColumns: how many columns, from the first on, hold names.
    ///   - leastWidths: of the first columns.
    init(_ lines: [[String]], namedColumns: Int, leastWidths: [Int] = []) {
        (self.lines, self.namedColumns) = (lines, namedColumns)
        widths = (lines.first ?? []).indices.map { column in
            lines.map { $0[column].count }.reduce(column < leastWidths.count ? leastWidths[column] : 0, max)
        }
    }

    /// One line per row, without a line break at the end.
    func text() -> String {
        lines.map { fields in
            fields.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - fields[column].count)
                return column < namedColumns ? fields[column] + padding : padding + fields[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
