import Metrics

extension SubsetReport {
    /// The page: one HTML file with its style inside, no script, no reference but to the report beside it.
    ///
    /// Every text is escaped, so names may hold anything. The same data give the same bytes.
    package func html() -> String {
        let measures = SubsetMeasure.all(targets)
        let gains = measures.map { ImportanceMap($0, self).html() }.joined()
        let maps = measures.map { SubsetMap($0, self).html() }.joined()
        let tables = targets.map { SubsetTable($0, patients: patients).html() }.joined()
        let body = """
            <header><p class="eyebrow">Synthesised MRI contrasts · \(HTML.text(provenance.softwareName)) · \
            <a href="\(HTML.link("report.html"))">report</a></p>
            <h1>Which contrast matters: \(HTML.text(subject))</h1>
            <p>Each acquired contrast was hidden and synthesised from every subset of the others\
            \(patients > 1 ? "; numbers are means over \(patients) patients" : "").</p></header>
            \(cards)\(gains.isEmpty ? "" : importance(gains))\
            \(maps.isEmpty ? "" : "<section><h2>Every subset</h2>\n\(maps)</section>\n")\
            <section><h2>All scores</h2>
            <p class="soft">Over the whole volume, and NMSE inside the lesions where there is a lesion mask. The lowest NMSE on top, all inputs in bold; \
            green: the better of network and regression from the same inputs. PSNR in dB.</p>
            <div class="subsets">\(tables)</div></section>
            <section><h2>How this was made</h2>
            \(provenance.html())</section>
            """
        return HTML.page(title: "Which contrast matters: \(subject)", body: body)
    }

    /// Where a report leads to this page.
    static func pointer(to path: String?) -> String {
        path.map {
            "<p><a href=\"\(HTML.link($0))\">Which contrast matters: scores from every subset of the inputs</a></p>\n"
        } ?? ""
    }

    private func importance(_ maps: String) -> String {
        """
        <section><h2>What each input adds</h2>
        <div class="maps">\(maps)</div>
        <p class="soft">Large: mean over all sets of other inputs that the input joins, every size of set counting alike (the Shapley value without the step \
        from no input at all). Blue: the input helps; orange: it does harm. For NMSE the colour is the gain as a share of the NMSE that is left \
        with all inputs; deepest is the largest of the table. Outlined: what matters most for a contrast.</p></section>

        """
    }

    /// One sentence per synthesised contrast.
    private var cards: String {
        guard !targets.isEmpty else { return "<p>No subset was evaluated.</p>\n" }
        let cards = targets.map { target in
            let (lead, text) = verdict(target)
            return "<li class=\"card\"><p class=\"lead\">\(HTML.text(lead))</p><p>\(HTML.text(text))</p></li>"
        }
        return "<ul class=\"cards two\">\(cards.joined(separator: "\n"))</ul>\n"
    }

    private func verdict(_ target: SubsetTarget) -> (lead: String, text: String) {
        let known = target.gains.compactMap { gain in
            gain.means.meanGain[.nmse].map {
                (name: gain.input, mean: $0, leaveOneOut: gain.means.leaveOneOutGain[.nmse])
            }
        }.sorted { $0.mean > $1.mean }
        guard let all = target.fullest, let full = all.scores[.nmse] else {
            return ("\(target.name): nothing to compare", "")
        }
        guard let first = known.first else {
            return (
                "\(target.name) from \(HTML.enumeration(all.inputs)) only",
                "NMSE \(Metric.nmse.text(full)). With a single input there is nothing to leave out."
            )
        }
        var text = "NMSE \(Metric.nmse.text(full)) from \(HTML.enumeration(all.inputs))."
        if let loss = first.leaveOneOut, patients == 1 || all.patients == patients {
            text += " Without \(first.name) it is \(Metric.nmse.text(full + loss))\(ratio(full + loss, full))."
        }
        let rest = known.dropFirst().map { "\($0.name) \(Metric.nmse.signed($0.mean))" }
        text += " Joining others, \(first.name) saves \(Metric.nmse.text(first.mean)) on average"
        text += rest.isEmpty ? "." : "; \(rest.joined(separator: ", "))."
        let best = target.rows.filter { $0.inputs.count == 1 }.compactMap { row in
            row.scores[.nmse].map { (row.inputs[0], $0) }
        }.min { $0.1 < $1.1 }
        if let best { text += " Best alone: \(best.0), \(Metric.nmse.text(best.1))." }
        guard first.mean > 0.05 * full else { return ("\(target.name): no input matters beyond the others", text) }
        return ("\(target.name) needs \(first.name) most", text)
    }

    private func ratio(_ value: Double, _ full: Double) -> String {
        let ratio = value / full
        return ratio.isFinite && ratio >= 1 ? " (\(ReportNumber.fixed(ratio, 1)) times as much)" : ""
    }
}
