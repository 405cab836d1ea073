/// Patients × contrasts: what the network reached, or the self-check's verdict where there is no truth.
struct CohortTable {
    private let patients: [CohortPatient]
    private let contrasts: [String]

    /// Takes the patients that were done.
    init(_ patients: [CohortPatient]) {
        self.patients = patients.filter { $0.status == .done }
        contrasts = CohortTable.names(self.patients)
    }

    /// Names of the imputed contrasts in the order of their first appearance.
    static func names(_ patients: [CohortPatient]) -> [String] {
        var names: [String] = []
        for name in patients.flatMap({ $0.contrasts.map(\.name) }) where !names.contains(name) { names.append(name) }
        return names
    }

    func html() -> String {
        guard !patients.isEmpty else { return "<p>No patient was completed.</p>" }
        let groups = contrasts.map {
            "<th scope=\"colgroup\" class=\"group edge\" colspan=\"3\">\(HTML.text($0))</th>"
        }
        let titles = contrasts.map { _ in
            "<th scope=\"col\" class=\"num edge\">NMSE ↓</th><th scope=\"col\" class=\"num\">SSIM ↑</th>"
                + "<th scope=\"col\">Verdict</th>"
        }
        let rows = patients.map { patient in
            let name = HTML.text(patient.name)
            let cells = contrasts.map { contrast in cell(patient.contrasts.first { $0.name == contrast }) }
            return """
                <tr><th scope="row">\(patient.report.map { "<a href=\"\(HTML.link($0))\">\(name)</a>" } ?? name)</th>\
                \(cells.joined())<td class="num edge">\(patient.seconds.map { ReportNumber.fixed($0, 1) } ?? ReportNumber.none)</td></tr>
                """
        }
        return """
            <div class="scroll"><table class="dense"><caption>Network's scores over the whole volume, on normalised intensities. Verdict: whether the \
            network has the lowest NMSE of all methods where the acquired contrast is known, else the worst of the self-check.</caption>
            <thead><tr><th scope="col" rowspan="2">Patient</th>\(groups.joined())\
            <th scope="col" rowspan="2" class="num edge">Seconds</th></tr><tr>\(titles.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>

            """
    }

    private func cell(_ contrast: CohortContrast?) -> String {
        guard let contrast else {
            return
                "<td class=\"num edge\">\(ReportNumber.none)</td><td class=\"num\">\(ReportNumber.none)</td><td></td>"
        }
        let network = contrast.scores.first { $0.method == .network }
        return """
            <td class="num edge">\(ReportNumber.error(network?.whole.nmse))</td>\
            <td class="num">\(ReportNumber.ssim(network?.whole.ssim))</td><td>\(verdict(contrast, network))</td>
            """
    }

    private func verdict(_ contrast: CohortContrast, _ network: ScoreRow?) -> String {
        if let nmse = network?.whole.nmse {
            let rivals = contrast.scores.filter { $0.method != .network }
            guard let best = rivals.compactMap({ $0.whole.nmse }).min() else { return "" }
            return nmse < best
                ? "<span class=\"chip good\">✓ best</span>" : "<span class=\"chip care\">! not best</span>"
        }
        let order: [CycleCheck.Verdict] = [.unusual, .raised, .noReference, .usual]
        let verdicts = contrast.cycle.map(\.verdict)
        return order.first { verdicts.contains($0) }.map { CycleTable.chip($0) } ?? ""
    }
}
