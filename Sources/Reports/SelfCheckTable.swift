import Metrics
import Records

/// The table of the self-check of one contrast, and how to read it.
enum SelfCheckTable {
    /// The table, or nothing where the check was not run.
    static func html(_ imputed: NamedContrast) -> String {
        let checks = imputed.selfCheck
        guard !checks.isEmpty else { return "" }
        let metrics = Metric.shown(in: .charts)
        let rows = checks.map { contrast, check in
            let scores = metrics.map { "<td class=\"num\">\($0.text(check.scores[$0]))</td>" }.joined()
            return """
                <tr><th scope="row">\(HTML.text(contrast))</th>\(scores)\
                <td class="num">\(Metric.nmse.text(check.usualNMSE))</td>\
                <td class="num">\(Metric.nmse.text(check.limit))</td><td>\(chip(check.verdict))</td></tr>
                """
        }
        let reference =
            checks.contains { $0.record.usualNMSE != nil }
            ? "Reference: usual: median of the model's training patients; limit: twice that."
            : "The model carries no reference, so the numbers only compare patients with one another."
        let headings = metrics.map { "<th scope=\"col\" class=\"num\">\($0.heading)</th>" }.joined()
        let name = HTML.text(imputed.name)
        return """
            <h3>Self-check without ground truth</h3>
            <p>Each acquired contrast was synthesised again from the others and the imputed \(name), and compared \
            with the acquired image. A small error means that the imputed \(name) carries what the network needs \
            and that the inputs look like its training data. It cannot reveal what no input shows, such as enhancement.</p>
            <div class="scroll"><table><caption>\(HTML.text(reference)) Up to the limit the verdict is "as usual", up to twice the \
            limit "raised", beyond "unusual".</caption>
            <thead><tr><th scope="col">Synthesised again</th>\(headings)\
            <th scope="col" class="num">Usual NMSE / SSIM</th>\
            <th scope="col" class="num">NMSE limit</th><th scope="col">Verdict</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>

            """
    }

    /// The verdict in words and colour.
    static func chip(_ verdict: SelfCheckRecord.Verdict) -> String {
        switch verdict {
        case .usual: "<span class=\"chip good\">✓ as usual</span>"
        case .raised: "<span class=\"chip care\">! raised</span>"
        case .unusual: "<span class=\"chip bad\">✗ unusual</span>"
        case .noReference: "<span class=\"chip\">no reference</span>"
        }
    }
}
