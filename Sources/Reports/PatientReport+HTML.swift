extension PatientReport {
    /// The page: one HTML file with its style and pictures inside, no script, no reference outside itself.
    ///
    /// Every text is escaped, so names may hold anything. Without `provenance.created` the same data give the same bytes.
    package func html() -> String {
        let sections = contrasts.indices.map { section(contrasts[$0], id: $0 + 1) }.joined()
        let body = """
            <header><p class="eyebrow">Synthesised MRI contrasts · \(HTML.text(provenance.software))</p>
            <h1>\(HTML.text(patient))</h1></header>
            \(headline)\(SubsetReport.pointer(to: subsets))\(HTML.warnings(warnings, title: "Before you use these images"))
            \(sections)<section><h2>Inputs</h2>
            \(inputTable)\(HTML.list(notes))</section>
            <section><h2>How this was made</h2>
            \(provenance.html())</section>
            """
        return HTML.page(title: "\(patient) – imputed MRI contrasts", body: body)
    }

    private var headline: String {
        guard !contrasts.isEmpty else { return "<p>No contrast was imputed.</p>" }
        let cards = contrasts.enumerated().map { index, contrast in
            let assessment = Assessment(contrast)
            return """
                <li class="card \(assessment.level.rawValue)"><p class="lead"><a href="#contrast-\(index + 1)">\
                \(HTML.text(contrast.name)) was imputed from \(HTML.text(HTML.enumeration(contrast.inputs)))</a></p>
                <p><span class="chip \(assessment.level.rawValue)">\(HTML.text(assessment.label))</span> \
                \(HTML.text(assessment.text))</p></li>
                """
        }
        return "<ul class=\"cards\">\(cards.joined(separator: "\n"))</ul>\n"
    }

    private func section(_ contrast: ImputedContrast, id: Int) -> String {
        let name = HTML.text(contrast.name)
        let origin =
            contrast.scores.isEmpty
            ? "The patient has no \(contrast.name)."
            : "The acquired \(contrast.name) was hidden from the network and is shown for comparison."
        let file = contrast.file.map { " Written to <code>\(HTML.text($0))</code>." } ?? ""
        let caption = """
            Scores of the imputed \(name) against the acquired one, on normalised intensities (1 = 99.5th percentile of the \
            brain). Best of each column in green; ↓ lower is better, ↑ higher is better.
            """
        return """
            <section class="contrast" id="contrast-\(id)"><h2>\(name), imputed from \(HTML.text(HTML.enumeration(contrast.inputs)))</h2>
            <p>\(HTML.text(origin))\(file)</p>
            \(HTML.warnings(contrast.warnings, title: "About the imputed \(contrast.name)"))\
            \(contrast.gallery?.html(contrast: contrast.name, patient: patient) ?? "")\
            \(ScoreTable(contrast.scores).html(caption: caption))\
            \(CycleTable.html(contrast.cycle, contrast: contrast.name))</section>

            """
    }

    private var inputTable: String {
        let rows = inputs.map { input in
            let size = input.size.map(String.init).joined(separator: " × ")
            let spacing = input.spacing.map { ReportNumber.short($0) }.joined(separator: " × ")
            return """
                <tr><th scope="row">\(HTML.text(input.role))</th><td><code>\(HTML.text(input.file))</code></td>\
                <td><code title="\(HTML.text(input.sha256))">\(HTML.text(ReportNumber.digest(input.sha256)))</code></td>\
                <td class="num">\(size)</td><td class="num">\(spacing)</td><td>\(HTML.text(input.orientation))</td>\
                <td class="num">\(input.percentile.map { ReportNumber.short($0, 2) } ?? ReportNumber.none)</td></tr>
                """
        }
        return """
            <div class="scroll"><table><caption>Files that were read; none was changed. SHA-256: first 12 digits. The 99.5th percentile \
            inside the brain is what a contrast's intensities were divided by.</caption>
            <thead><tr><th scope="col">Contrast</th><th scope="col">File</th><th scope="col">SHA-256</th>\
            <th scope="col" class="num">Voxels</th><th scope="col" class="num">Spacing (mm)</th>\
            <th scope="col">Axes</th><th scope="col" class="num">99.5th percentile</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>

            """
    }
}

extension Provenance {
    /// The table of model, software and settings.
    func html() -> String {
        var rows = [("Model", model), ("Model SHA-256", modelSHA256), ("Software", software)]
        if let created { rows.append(("Made", created)) }
        rows += settings.map { ($0.name, $0.value) }
        return HTML.definitions(rows, caption: "Model, software and settings")
    }
}
