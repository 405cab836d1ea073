import Files
import Records

extension PatientReport {
    /// The page: one HTML file with its style and pictures inside, no script, no reference outside itself.
    ///
    /// Every text is escaped, so names may hold anything. The same data give the same bytes.
    package func html() -> String {
        let sections = contrasts.indices.map { section(contrasts[$0], id: $0 + 1) }.joined()
        let body = """
            <header><p class="eyebrow">Synthesised MRI contrasts · \(HTML.text(provenance.softwareName))</p>
            <h1>\(HTML.text(record.patient))</h1></header>
            \(headline)\(SubsetReport.pointer(to: record.hasSubsets ? "subsets.html" : nil))\
            \(HTML.warnings(record.warnings.map(\.text), title: "Before you use these images"))
            \(sections)<section><h2>Inputs</h2>
            \(inputTable)\(HTML.list(record.notes))</section>
            <section><h2>How this was made</h2>
            \(provenance.html())</section>
            """
        return HTML.page(title: "\(record.patient) – imputed MRI contrasts", body: body)
    }

    private var headline: String {
        guard !contrasts.isEmpty else { return "<p>No contrast was imputed.</p>" }
        let cards = contrasts.enumerated().map { index, contrast in
            let assessment = Assessment(contrast)
            return """
                <li class="card \(assessment.level.rawValue)"><p class="lead"><a href="#contrast-\(index + 1)">\
                \(HTML.text(contrast.name)) was imputed from \(HTML.text(HTML.enumeration(contrast.record.inputs)))</a></p>
                <p><span class="chip \(assessment.level.rawValue)">\(HTML.text(assessment.label))</span> \
                \(HTML.text(assessment.text))</p></li>
                """
        }
        return "<ul class=\"cards\">\(cards.joined(separator: "\n"))</ul>\n"
    }

    private func section(_ contrast: NamedContrast, id: Int) -> String {
        let name = HTML.text(contrast.name)
        let origin =
            contrast.rows.isEmpty
            ? "The patient has no \(contrast.name)."
            : "The acquired \(contrast.name) was hidden from the network and is shown for comparison."
        let file = HTML.text(FilePath.name(contrast.record.file))
        let caption = """
            Scores of the imputed \(name) against the acquired one, on normalised intensities (1 = 99.5th percentile of the \
            brain). Best of each column in green; ↓ lower is better, ↑ higher is better.
            """
        return """
            <section class="contrast" id="contrast-\(id)"><h2>\(name), imputed from \(HTML.text(HTML.enumeration(contrast.record.inputs)))</h2>
            <p>\(HTML.text(origin)) Written to <code>\(file)</code>.</p>
            \(HTML.warnings(contrast.record.warnings.map(\.text), title: "About the imputed \(contrast.name)"))\
            \(galleries[contrast.name]?.html(contrast: contrast.name, patient: record.patient) ?? "")\
            \(MethodTable(contrast.rows).html(caption: caption))\
            \(SelfCheckTable.html(contrast))</section>

            """
    }

    private var inputTable: String {
        InputTable(
            inputs: record.inputs,
            caption: "Files that were read; none was changed. SHA-256: first 12 digits."
                + " The 99.5th percentile inside the brain is the unit of a contrast's scores.",
            hasPercentiles: true
        ).html()
    }
}
