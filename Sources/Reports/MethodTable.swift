import Metrics

/// The table of scores of one contrast: rows are methods, columns numbers per region, the best of each column marked.
struct MethodTable {
    private struct Column {
        let region: Region
        let title: String
        let best: Int?
        let cells: [String]
    }

    private let rows: [ScoreRow]
    private let columns: [Column]

    /// Columns without any number are left out.
    init(_ rows: [ScoreRow]) {
        self.rows = rows
        let places = Region.allCases.filter { $0.title != nil }.flatMap { region in
            Metric.shown(in: .tables).map { (region, $0) }
        }
        columns = places.compactMap { region, metric in
            let values = rows.map { $0.scores[metric, region] }
            let ranked = values.indices.filter { values[$0] != nil }
            guard !ranked.isEmpty else { return nil }
            let best = ranked.max { a, b in
                let (first, second) = (values[a] ?? 0, values[b] ?? 0)
                return metric.lessIsBetter ? first > second : first < second
            }
            return Column(
                region: region, title: metric.heading, best: ranked.count > 1 && metric.better != .neither ? best : nil,
                cells: values.map(metric.text))
        }
    }

    /// The table, or nothing where there is no score.
    ///
    /// - Parameter caption: what the numbers are, as HTML.
    func html(caption: String) -> String {
        guard !columns.isEmpty else { return "" }
        var groups: [(region: Region, count: Int)] = []
        for column in columns {
            if groups.last?.region == column.region {
                groups[groups.count - 1].count += 1
            } else {
                groups.append((column.region, 1))
            }
        }
        let regions = groups.map {
            "<th scope=\"colgroup\" class=\"group edge\" colspan=\"\($0.count)\">\($0.region.title ?? "")</th>"
        }
        let titles = columns.indices.map {
            "<th scope=\"col\" class=\"num\(edge($0))\">\(columns[$0].title)</th>"
        }
        let body = rows.indices.map { row in
            let cells = columns.indices.map { cell(row, $0) }.joined()
            let own = rows[row].method == .network ? " class=\"own\"" : ""
            return "<tr\(own)><th scope=\"row\">\(HTML.text(rows[row].title))</th>\(cells)</tr>"
        }
        return """
            <div class="scroll"><table><caption>\(caption)</caption>
            <thead><tr><th scope="col" rowspan="2">Method</th>\(regions.joined())</tr><tr>\(titles.joined())</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>

            """
    }

    private func cell(_ row: Int, _ column: Int) -> String {
        let (value, isBest) = (columns[column].cells[row], columns[column].best == row)
        let mark = isBest ? "<span class=\"hidden\"> (best)</span>" : ""
        return "<td class=\"num\(edge(column))\(isBest ? " best" : "")\">\(value)\(mark)</td>"
    }

    private func edge(_ column: Int) -> String {
        column == 0 || columns[column - 1].region != columns[column].region ? " edge" : ""
    }
}
