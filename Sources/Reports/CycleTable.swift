/// The table of the self-check of one contrast, and how to read it.
enum CycleTable {
    /// The table, or nothing where the check was not run.
    static func html(_ checks: [CycleCheck], contrast: String) -> String {
        guard !checks.isEmpty else { return "" }
        let rows = checks.map { check in
            let usual = check.reference.map { reference in
                let ssim = reference.ssim.map { " / \(ReportNumber.ssim($0))" } ?? ""
                return "\(ReportNumber.error(reference.nmse))\(ssim)"
            }
            return """
                <tr><th scope="row">\(HTML.text(check.contrast))</th>\
                <td class="num">\(ReportNumber.error(check.nmse))</td><td class="num">\(ReportNumber.ssim(check.ssim))</td>\
                <td class="num">\(usual ?? ReportNumber.none)</td>\
                <td class="num">\(ReportNumber.error(check.reference?.limit))</td><td>\(chip(check.verdict))</td></tr>
                """
        }
        var sources: [String] = []
        for source in checks.compactMap({ $0.reference?.source }) where !sources.contains(source) {
            sources.append(source)
        }
        let reference =
            sources.isEmpty
            ? "The model carries no reference, so the numbers only compare patients with one another."
            : "Reference: \(sources.joined(separator: "; "))."
        return """
            <h3>Self-check without ground truth</h3>
            <p>Each acquired contrast was synthesised again from the others and the imputed \(HTML.text(contrast)), and compared \
            with the acquired image. A small error means that the imputed \(HTML.text(contrast)) carries what the network needs \
            and that the inputs look like its training data. It cannot reveal what no input shows, such as enhancement.</p>
            <div class="scroll"><table><caption>\(HTML.text(reference)) Up to the limit the verdict is "as usual", up to twice the \
            limit "raised", beyond "unusual".</caption>
            <thead><tr><th scope="col">Synthesised again</th><th scope="col" class="num">NMSE ↓</th>\
            <th scope="col" class="num">SSIM ↑</th><th scope="col" class="num">Usual NMSE / SSIM</th>\
            <th scope="col" class="num">NMSE limit</th><th scope="col">Verdict</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>

            """
    }

    /// The verdict in words and colour.
    static func chip(_ verdict: CycleCheck.Verdict) -> String {
        switch verdict {
        case .usual: "<span class=\"chip good\">✓ as usual</span>"
        case .raised: "<span class=\"chip care\">! raised</span>"
        case .unusual: "<span class=\"chip bad\">✗ unusual</span>"
        case .noReference: "<span class=\"chip\">no reference</span>"
        }
    }
}
