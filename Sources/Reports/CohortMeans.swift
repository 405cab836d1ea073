import Metrics
import Records

/// Mean scores per contrast and method over all patients with a truth, and a chart of each contrast's NMSE.
struct CohortMeans {
    private struct Group {
        let contrast: String
        /// Rows per method, with the patient they belong to.
        let methods: [(method: ScoreRow.Method, rows: [(patient: String, row: ScoreRow)])]
    }

    private let groups: [Group]

    init(_ patients: [CohortPatient]) {
        let done = patients.filter { $0.status == .done }
        groups = CohortTable.names(done).compactMap { contrast in
            let scored = done.flatMap { patient in
                patient.contrasts.filter { $0.name == contrast }.flatMap { entry in
                    entry.rows.map { (patient: patient.name, row: $0) }
                }
            }
            let methods = ScoreRow.Method.allCases.compactMap { method in
                let rows = scored.filter { $0.row.method == method }
                return rows.isEmpty ? nil : (method: method, rows: rows)
            }
            return methods.isEmpty ? nil : Group(contrast: contrast, methods: methods)
        }
    }

    /// Tables and charts, or nothing where no patient has a truth.
    func html() -> String {
        guard !groups.isEmpty else { return "" }
        let tables = groups.map { group in
            let means = group.methods.map { method, rows -> ScoreRow in
                var means = MeanTable()
                for row in rows { means.add(row.row.scores) }
                return ScoreRow(
                    method, detail: method == .copy ? CohortMeans.copies(rows.map(\.row)) : nil,
                    means.table ?? ScoreTable())
            }
            let count = group.methods.map(\.rows.count).max() ?? 0
            let caption =
                "<strong>\(HTML.text(group.contrast))</strong>, \(count == 1 ? "1 patient" : "mean of \(count) patients")"
            return "<div>\(MethodTable(means).html(caption: caption))</div>"
        }
        return """
            <section><h2>Mean scores</h2>
            <div class="charts">\(groups.map { chart($0) }.joined())</div>
            <p class="soft">On normalised intensities (1 = 99.5th percentile of the brain), against the acquired contrast. Best of \
            each column in green; ↓ lower is better, ↑ higher is better. Charts: one dot per patient, the line is the mean; \
            zero fill (NMSE 1) is left out.</p>
            <div class="pairs">\(tables.joined())</div></section>

            """
    }

    private func chart(_ group: Group) -> String {
        // Zero fill has NMSE 1 by definition and would squeeze the others together.
        let lines = group.methods.filter { $0.method != .zeroFill }.map { method, rows in
            let values = rows.compactMap { entry -> (name: String, value: Double)? in
                guard let value = entry.row.scores[.nmse], (0...1e12).contains(value) else { return nil }
                return (entry.patient, value)
            }
            let title = ScoreRow(method, ScoreTable()).title
            return StripChart.Line(title: title, isOwn: method == .network, values: values)
        }
        return StripChart(title: group.contrast, lines: lines).svg()
    }

    /// The contrast that was copied, or all of them, the most frequent first.
    private static func copies(_ rows: [ScoreRow]) -> String? {
        var counts: [(name: String, count: Int)] = []
        for name in rows.compactMap(\.detail) {
            if let at = counts.firstIndex(where: { $0.name == name }) {
                counts[at].count += 1
            } else {
                counts.append((name, 1))
            }
        }
        let names = counts.sorted { $0.count > $1.count }.map(\.name)
        return names.isEmpty ? nil : names.joined(separator: " or ")
    }
}
