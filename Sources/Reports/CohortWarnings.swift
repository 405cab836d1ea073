import Records

/// What must be known of the patients' results, kind by kind, the rarest kind first: what holds for everyone is read
/// once.
struct CohortWarnings {
    private let kinds: [(code: String, entries: [(patient: CohortPatient, texts: [String])])]

    init(_ patients: [CohortPatient]) {
        var kinds: [String: [(patient: CohortPatient, texts: [String])]] = [:]
        for patient in patients {
            for (code, warnings) in Dictionary(grouping: patient.warnings, by: \.code.rawValue) {
                kinds[code, default: []].append((patient, warnings.map(\.text)))
            }
        }
        self.kinds = kinds.map { (code: $0.key, entries: $0.value) }
            .sorted { ($0.entries.count, $0.code) < ($1.entries.count, $1.code) }
    }

    /// A section, or nothing where there is no warning.
    func html() -> String {
        guard !kinds.isEmpty else { return "" }
        let bodies = kinds.map { code, entries in
            let count = entries.count == 1 ? "1 patient" : "\(entries.count) patients"
            let isShared = entries.count > 1 && entries.allSatisfy { $0.texts == entries[0].texts }
            let content =
                isShared
                ? "<p>\(HTML.text(entries[0].texts.joined(separator: " · ")))</p><p>\(entries.map { name($0.patient) }.joined(separator: ", "))</p>"
                : table(entries)
            return
                "<details open><summary><code>\(HTML.text(code))</code> <span class=\"chip care\">\(count)</span></summary>\(content)</details>"
        }
        return
            "<section class=\"warned\"><h2>Warnings</h2><p>These patients were done; read this before their images are used.</p>\n"
            + bodies.joined(separator: "\n") + "</section>\n"
    }

    private func table(_ entries: [(patient: CohortPatient, texts: [String])]) -> String {
        let rows = entries.map { entry in
            let texts = entry.texts.map(HTML.text).joined(separator: "<br>")
            return "<tr><th scope=\"row\">\(name(entry.patient))</th><td>\(texts)</td></tr>"
        }
        return "<div class=\"scroll\"><table><tbody>\(rows.joined(separator: "\n"))</tbody></table></div>"
    }

    private func name(_ patient: CohortPatient) -> String {
        let name = HTML.text(patient.name)
        return patient.report.map { "<a href=\"\(HTML.link($0))\">\(name)</a>" } ?? name
    }
}
