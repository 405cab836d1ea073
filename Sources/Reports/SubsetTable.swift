import Metrics
import Records

/// The scores of one synthesised contrast from every subset of its inputs, the best subset on top.
struct SubsetTable {
    private let target: SubsetTarget
    private let rows: [SubsetMeans]
    private let columns: [(metric: Metric, region: Region)]
    private let showsPatients: Bool

    init(_ target: SubsetTarget, patients: Int) {
        self.target = target
        rows = target.rows.enumerated().sorted { first, second in
            let errors = [first, second].map { $0.element.scores[.nmse] ?? .infinity }
            return errors[0] == errors[1] ? first.offset < second.offset : errors[0] < errors[1]
        }.map(\.element)
        let hasLesion = rows.contains { $0.scores[.nmse, .lesion] != nil }
        columns = Metric.shown(in: .summaries).map { ($0, .whole) } + (hasLesion ? [(.nmse, .lesion)] : [])
        showsPatients = rows.contains { $0.patients != patients }
    }

    func html() -> String {
        let titles = columns.map { $0.region == .whole ? $0.metric.heading : "lesion ↓" }
        func heads(_ titles: [String]) -> String {
            titles.enumerated().map { "<th scope=\"col\" class=\"num\($0 == 0 ? " edge" : "")\">\($1)</th>" }.joined()
        }
        let patients = showsPatients ? "<th scope=\"col\" rowspan=\"2\" class=\"num\">Patients</th>" : ""
        return """
            <div><div class="scroll"><table><caption><strong>\(HTML.text(target.name))</strong></caption>
            <thead><tr><th scope="col" rowspan="2">From</th>\(patients)\
            <th scope="colgroup" class="group edge" colspan="\(titles.count)">Network</th>\
            <th scope="colgroup" class="group edge" colspan="\(titles.count)">Quadratic regression</th>\
            <th scope="colgroup" class="group edge" colspan="2">Best copy</th></tr>
            <tr>\(heads(titles))\(heads(titles))\(heads([Metric.nmse.heading, "of"]))</tr></thead>
            <tbody>\(rows.map { html($0) }.joined(separator: "\n"))</tbody></table></div></div>

            """
    }

    private func html(_ row: SubsetMeans) -> String {
        let isAll = row.inputs.count == target.fullest?.inputs.count
        let patients = showsPatients ? "<td class=\"num\">\(row.patients)</td>" : ""
        let copies = row.copies.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }.map(\.key)
        let copied = copies.isEmpty ? ReportNumber.none : copies.joined(separator: " or ")
        let inputs = HTML.text(row.inputs.joined(separator: " + "))
        return "<tr\(isAll ? " class=\"own\"" : "")><th scope=\"row\">\(inputs)</th>\(patients)"
            + cells(row.scores, against: row.regression) + cells(row.regression, against: row.scores)
            + "<td class=\"num edge\">\(Metric.nmse.text(row.copy[.nmse]))</td><td>\(HTML.text(copied))</td></tr>"
    }

    private func cells(_ own: MeanTable, against other: MeanTable) -> String {
        columns.enumerated().map { index, column in
            let (metric, region) = column
            let (mine, theirs) = (own[metric, region], other[metric, region])
            var isBetter = false
            if let mine, let theirs { isBetter = metric.lessIsBetter ? mine < theirs : mine > theirs }
            let classes = "num\(index == 0 ? " edge" : "")\(isBetter ? " best" : "")"
            return "<td class=\"\(classes)\">\(metric.number(mine))</td>"
        }.joined()
    }
}
