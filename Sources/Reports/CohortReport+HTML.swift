import Records

extension CohortReport {
    /// The page: one HTML file with its style inside, no script; it links to the patients' pages beside it.
    ///
    /// Every text is escaped, so names may hold anything. The same data give the same bytes.
    package func html() -> String {
        let body = """
            <header><p class="eyebrow">Synthesised MRI contrasts · \(HTML.text(provenance.softwareName))</p>
            <h1>\(HTML.text(title))</h1></header>
            \(progress)\(counts)\(SubsetReport.pointer(to: subsets))\(problems)\(CohortWarnings(patients).html())\
            \(CohortMeans(patients).html())\
            <section><h2>Patients</h2>
            \(CohortTable(patients).html())</section>
            \(skipped)<section><h2>How this was made</h2>
            \(provenance.html())</section>
            """
        return HTML.page(title: title, body: body)
    }

    private func with(_ status: CohortPatient.Status) -> [CohortPatient] { patients.filter { $0.status == status } }

    private var progress: String {
        guard !isComplete else { return "" }
        return """
            <aside class="warn" role="note"><h3>Not finished</h3><p>This page was written while the run went on. If nothing runs any \
            more, it was stopped: run the same command again, it finishes what is pending and redoes nothing that is complete.</p></aside>

            """
    }

    private var counts: String {
        let images = patients.reduce(0) { $0 + $1.contrasts.count }
        let pending = with(.pending).count
        let warned = patients.count { !$0.warnings.isEmpty }
        let numbers =
            [(with(.done).count, "done"), (with(.failed).count, "failed"), (with(.skipped).count, "skipped")]
            + (pending > 0 ? [(pending, "pending")] : [])
            + [(warned, "with warnings"), (images, images == 1 ? "imputed image" : "imputed images")]
        return "<ul class=\"counts\">" + numbers.map { "<li><b>\($0.0)</b>\($0.1)</li>" }.joined() + "</ul>\n"
    }

    private var problems: String {
        let failed = with(.failed)
        guard !failed.isEmpty else { return "" }
        let heading = failed.count == 1 ? "1 patient failed" : "\(failed.count) patients failed"
        return "<section class=\"failed\"><h2>\(heading)</h2>"
            + "<p>Correct what the reason says and run the same command again: only these are worked on.</p>"
            + "\(reasons(failed))</section>\n"
    }

    private var skipped: String {
        let skipped = with(.skipped)
        return skipped.isEmpty ? "" : "<section><h2>Skipped</h2>\(reasons(skipped))</section>\n"
    }

    private func reasons(_ patients: [CohortPatient]) -> String {
        let rows = patients.map {
            "<tr><th scope=\"row\">\(HTML.text($0.name))</th><td>\(HTML.text($0.reason ?? ReportNumber.none))</td></tr>"
        }
        return """
            <div class="scroll"><table><thead><tr><th scope="col">Patient</th><th scope="col">Reason</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }
}
