/// The table of scores of one contrast: rows are methods, columns numbers per region, the best of each column marked.
struct ScoreTable {
    private struct Column {
        let region: String
        let title: String
        let best: Int?
        let cells: [String]
    }

    private let rows: [ScoreRow]
    private let columns: [Column]

    /// Columns without any number are left out.
    init(_ rows: [ScoreRow]) {
        self.rows = rows
        typealias Numbers = (ScoreRow) -> ScoreNumbers?
        let regions: [(String, Numbers)] = [
            ("Whole volume", { $0.whole }), ("Inside the brain", { $0.brain }), ("Inside the lesions", { $0.lesion }),
        ]
        var columns: [Column] = []
        for (region, numbers) in regions {
            func add(
                _ title: String, higherIsBetter: Bool, _ value: (ScoreNumbers) -> Double?, _ format: (Double?) -> String
            ) {
                let values = rows.map { row in numbers(row).flatMap(value) }
                guard values.contains(where: { $0?.isNaN == false }) else { return }
                let ranked = values.indices.filter { values[$0]?.isNaN == false }
                let best = ranked.max { a, b in
                    let (first, second) = (values[a] ?? 0, values[b] ?? 0)
                    return higherIsBetter ? first < second : first > second
                }
                columns.append(
                    Column(
                        region: region, title: title + (higherIsBetter ? " ↑" : " ↓"),
                        best: ranked.count > 1 ? best : nil,
                        cells: values.map(format)))
            }
            add("NMSE", higherIsBetter: false, \.nmse, ReportNumber.error)
            add("SSIM", higherIsBetter: true, \.ssim, ReportNumber.ssim)
            add("PSNR", higherIsBetter: true, \.psnr, ReportNumber.psnr)
            add("MAE", higherIsBetter: false, \.mae, ReportNumber.error)
        }
        self.columns = columns
    }

    /// The table, or nothing where there is no score.
    ///
    /// - Parameter caption: what the numbers are, as HTML.
    func html(caption: String) -> String {
        guard !columns.isEmpty else { return "" }
        var groups: [(region: String, count: Int)] = []
        for column in columns {
            if groups.last?.region == column.region {
                groups[groups.count - 1].count += 1
            } else {
                groups.append((column.region, 1))
            }
        }
        let regions = groups.map {
            "<th scope=\"colgroup\" class=\"group edge\" colspan=\"\($0.count)\">\($0.region)</th>"
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
