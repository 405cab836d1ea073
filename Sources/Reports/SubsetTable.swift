/// The scores of one synthesised contrast from every subset of its inputs, the best subset on top.
struct SubsetTable {
    private let target: SubsetTarget
    private let rows: [SubsetRow]
    private let hasLesion: Bool
    private let showsPatients: Bool

    init(_ target: SubsetTarget, patients: Int) {
        self.target = target
        rows = target.rows.enumerated().sorted { first, second in
            let errors = [first, second].map { $0.element.network?.whole.nmse ?? .infinity }
            return errors[0] == errors[1] ? first.offset < second.offset : errors[0] < errors[1]
        }.map(\.element)
        hasLesion = rows.contains { $0.network?.lesion?.nmse != nil }
        showsPatients = rows.contains { $0.patients != patients }
    }

    func html() -> String {
        let metrics = 3 + (hasLesion ? 1 : 0)
        let titles = ["NMSE ↓", "SSIM ↑", "PSNR ↑"] + (hasLesion ? ["lesion ↓"] : [])
        func heads(_ titles: [String]) -> String {
            titles.enumerated().map { "<th scope=\"col\" class=\"num\($0 == 0 ? " edge" : "")\">\($1)</th>" }.joined()
        }
        let patients = showsPatients ? "<th scope=\"col\" rowspan=\"2\" class=\"num\">Patients</th>" : ""
        return """
            <div><div class="scroll"><table><caption><strong>\(HTML.text(target.name))</strong></caption>
            <thead><tr><th scope="col" rowspan="2">From</th>\(patients)\
            <th scope="colgroup" class="group edge" colspan="\(metrics)">Network</th>\
            <th scope="colgroup" class="group edge" colspan="\(metrics)">Quadratic regression</th>\
            <th scope="colgroup" class="group edge" colspan="2">Best copy</th></tr>
            <tr>\(heads(titles))\(heads(titles))\(heads(["NMSE ↓", "of"]))</tr></thead>
            <tbody>\(rows.map { html($0) }.joined(separator: "\n"))</tbody></table></div></div>

            """
    }

    private func html(_ row: SubsetRow) -> String {
        let isAll = row.inputs.count == target.rows.map(\.inputs.count).max()
        let regression = row.scores.first { $0.method == .regression }
        let copy = row.scores.first { $0.method == .copy }
        let patients = showsPatients ? "<td class=\"num\">\(row.patients)</td>" : ""
        return
            "<tr\(isAll ? " class=\"own\"" : "")><th scope=\"row\">\(HTML.text(row.inputs.joined(separator: " + ")))</th>\(patients)"
            + cells(row.network, against: regression) + cells(regression, against: row.network)
            + "<td class=\"num edge\">\(ReportNumber.error(copy?.whole.nmse))</td><td>\(HTML.text(copy?.detail ?? ReportNumber.none))</td></tr>"
    }

    private func cells(_ own: ScoreRow?, against other: ScoreRow?) -> String {
        func cell(
            _ value: (ScoreRow) -> Double?, _ text: (Double?) -> String, lessIsBetter: Bool, edge: Bool = false
        ) -> String {
            let (mine, theirs) = (own.flatMap(value), other.flatMap(value))
            var isBetter = false
            if let mine, let theirs { isBetter = lessIsBetter ? mine < theirs : mine > theirs }
            return "<td class=\"num\(edge ? " edge" : "")\(isBetter ? " best" : "")\">\(text(mine))</td>"
        }
        return cell({ $0.whole.nmse }, ReportNumber.error, lessIsBetter: true, edge: true)
            + cell({ $0.whole.ssim }, ReportNumber.ssim, lessIsBetter: false)
            + cell({ $0.whole.psnr }, { ReportNumber.fixed($0, 1) }, lessIsBetter: false)
            + (hasLesion ? cell({ $0.lesion?.nmse }, ReportNumber.error, lessIsBetter: true) : "")
    }
}
