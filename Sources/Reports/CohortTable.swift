import Metrics
import Records

/// Patients × contrasts: what the network reached, or the self-check's verdict where there is no truth.
struct CohortTable {
    private let patients: [CohortPatient]
    private let contrasts: [String]
    private let metrics = Metric.shown(in: .charts)

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
            "<th scope=\"colgroup\" class=\"group edge\" colspan=\"\(metrics.count + 1)\">\(HTML.text($0))</th>"
        }
        let headings = metrics.enumerated().map { "<th scope=\"col\" class=\"num\(edge($0))\">\($1.heading)</th>" }
        let titles = contrasts.map { _ in headings.joined() + "<th scope=\"col\">Verdict</th>" }
        let rows = patients.map { patient in
            let name = HTML.text(patient.name)
            let cells = contrasts.map { contrast in cell(patient.contrasts.first { $0.name == contrast }) }
            return """
                <tr><th scope="row">\(patient.report.map { "<a href=\"\(HTML.link($0))\">\(name)</a>" } ?? name)</th>\
                \(cells.joined())<td class="num edge">\(patient.seconds.map { ReportNumber.fixed($0, 1) } ?? ReportNumber.none)</td></tr>
                """
        }
        return """
            <div class="scroll"><table class="dense"><caption>Network's scores over the whole volume, on normalised \
            intensities. Verdict: whether the network has the lowest NMSE of all methods where the acquired contrast \
            is known, else the worst of the self-check.</caption>
            <thead><tr><th scope="col" rowspan="2">Patient</th>\(groups.joined())\
            <th scope="col" rowspan="2" class="num edge">Seconds</th></tr><tr>\(titles.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>

            """
    }

    private func cell(_ contrast: NamedContrast?) -> String {
        let network = contrast?.rows.first
        let scores = metrics.enumerated().map {
            "<td class=\"num\(edge($0))\">\($1.text(network?.scores[$1]))</td>"
        }
        return scores.joined() + "<td>\(contrast.map(verdict) ?? "")</td>"
    }

    private func edge(_ column: Int) -> String { column == 0 ? " edge" : "" }

    private func verdict(_ contrast: NamedContrast) -> String {
        if let nmse = contrast.rows.first?.scores[.nmse] {
            guard let best = contrast.rows.dropFirst().compactMap({ $0.scores[.nmse] }).min() else { return "" }
            return nmse < best
                ? "<span class=\"chip good\">✓ best</span>" : "<span class=\"chip care\">! not best</span>"
        }
        let order: [SelfCheckRecord.Verdict] = [.unusual, .raised, .noReference, .usual]
        return order.first { !contrast.checked(as: $0).isEmpty }.map { SelfCheckTable.chip($0) } ?? ""
    }
}
