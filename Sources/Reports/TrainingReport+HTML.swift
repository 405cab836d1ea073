import Metrics

extension TrainingReport {
    /// The page: one HTML file with its style, charts and pictures inside, no script, no reference outside itself.
    ///
    /// Every text is escaped, so names may hold anything.
    package func html() -> String {
        let body = """
            <header><p class="eyebrow">Training · \(HTML.text(software))</p>
            <h1>\(HTML.text(model))</h1></header>
            \(headline)\(scores)\(curves)\(pictures)\(losses(of: losses))\(split)\
            <section><h2>How this is made</h2>
            \(HTML.definitions(facts, caption: "Machine, time and software"))\
            <h3>Configuration</h3>
            <pre>\(HTML.lines(configuration))</pre></section>
            """
        return HTML.page(title: "\(model) – training", body: body)
    }

    private var headline: String {
        let (level, label) =
            switch state {
            case .running: ("plain", "Running")
            case .finished: ("good", "Finished")
            case .interrupted: ("care", "Interrupted")
            case .diverged: ("bad", "Diverged")
            case .failed: ("bad", "Failed")
            }
        return """
            <ul class="cards"><li class="card \(level)"><p><span class="chip \(level)">\(label)</span> \(HTML.text(summary))</p></li></ul>
            <section><h2>What to do next</h2>\(HTML.list(next))</section>

            """
    }

    private var scores: String {
        let scored = contrasts.filter { !$0.validations.isEmpty }
        guard !scored.isEmpty else { return "" }
        let metrics = Metric.shown(in: .summaries)
        func cells(_ scores: ScoreTable?, isBest: Bool) -> String {
            metrics.enumerated().map { index, metric in
                let classes = index == 0 ? "num edge\(isBest ? " best" : "")" : "num"
                return "<td class=\"\(classes)\">\(metric.text(scores?[metric]))</td>"
            }.joined()
        }
        let rows = scored.map { contrast -> String in
            let now = contrast.validations.last?.scores
            let best = contrast.validations.first { $0.step == bestStep }?.scores[.nmse]
            let regression = contrast.scores(of: .regression)
            let isBetter = regression?[.nmse].flatMap { rival in now?[.nmse].map { $0 < rival } }
            let chip =
                switch isBetter {
                case true?: ("good", "✓ better")
                case false?: ("care", "not yet better")
                case nil: ("plain", ReportNumber.none)
                }
            let copied =
                contrast.baselines.first { $0.method == .copy }?.detail.map { " (\(HTML.text($0)))" } ?? ""
            let (copy, zero) = (contrast.scores(of: .copy)?[.nmse], contrast.scores(of: .zeroFill)?[.nmse])
            return """
                <tr><th scope="row">\(HTML.text(contrast.name))</th>\
                \(cells(now, isBest: isBetter == true))<td class="num edge">\(Metric.nmse.text(best))</td>\
                \(cells(regression, isBest: isBetter == false))\
                <td class="num edge">\(Metric.nmse.text(copy))\(copied)</td>\
                <td class="num">\(Metric.nmse.text(zero))</td>\
                <td class="edge"><span class="chip \(chip.0)">\(chip.1)</span></td><td class="num">\(contrast.patients)</td></tr>
                """
        }
        func heads(_ metrics: [Metric], isEdge: Bool = true) -> String {
            metrics.enumerated().map { index, metric in
                "<th scope=\"col\" class=\"num\(isEdge && index == 0 ? " edge" : "")\">\(metric.heading)</th>"
            }.joined()
        }
        let latest = scored.compactMap { $0.validations.last?.step }.max() ?? 0
        let best = bestStep.map { "best model, step \($0)" } ?? "no best model"
        return """
            <section><h2>Validation patients</h2>
            <div class="scroll"><table><caption>Every contrast synthesised from all the others, mean over the patients, on normalised \
            intensities. ↓ lower is better, ↑ higher is better. The regression was fitted on the training patients: a network that does \
            not beat it is not worth running.</caption>
            <thead><tr><th scope="col" rowspan="2">Contrast</th>\
            <th scope="colgroup" class="group edge" colspan="\(metrics.count)">Network, step \(latest)</th>\
            <th scope="colgroup" class="group edge">\(best)</th>\
            <th scope="colgroup" class="group edge" colspan="\(metrics.count)">Quadratic regression</th>\
            <th scope="colgroup" class="group edge">Best copy</th><th scope="colgroup" class="group">Zero fill</th>\
            <th scope="col" class="edge" rowspan="2">Than the regression</th><th scope="col" class="num" rowspan="2">Patients</th></tr>
            <tr>\(heads(metrics))\(heads([.nmse]))\(heads(metrics))\(heads([.nmse]))\
            \(heads([.nmse], isEdge: false))</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div></section>

            """
    }

    private var curves: String {
        let charts = contrasts.filter { !$0.validations.isEmpty }.flatMap { contrast in
            Metric.shown(in: .charts).map { chart($0, contrast) }
        }
        guard !charts.isEmpty else { return "" }
        return
            "<section><h2>Validation patients over the steps</h2><div class=\"charts\">\(charts.joined())</div></section>\n"
    }

    private func chart(_ metric: Metric, _ contrast: Contrast) -> String {
        let levels = [(ScoreRow.Method.regression, "regression"), (.copy, "best copy")].compactMap { method, name in
            contrast.scores(of: method)?[metric].map { LineChart.Level(title: name, value: $0) }
        }
        let points = contrast.validations.map { (x: Double($0.step), y: $0.scores[metric] ?? .nan) }
        return LineChart(
            title: "\(contrast.name): \(metric.title)", curve: "network", points: points, levels: levels,
            best: points.first { bestStep.map(Double.init) == $0.x }, lastX: Double(steps)
        ).svg()
    }

    private func losses(of curves: [Curve]) -> String {
        let turns = phases.map { (x: Double($0.step), title: $0.title) }
        let charts = curves.map { curve in
            LineChart(
                title: curve.title, curve: "training", points: curve.points.map { (Double($0.step), $0.value) },
                marks: turns.filter { turn in curve.points.contains { Double($0.step) <= turn.x } },
                lastX: Double(steps)
            ).svg()
        }
        guard charts.contains(where: { !$0.isEmpty }) else {
            return "<section><h2>Losses</h2><p>None is known yet.</p></section>\n"
        }
        return "<section><h2>Losses</h2><div class=\"charts\">\(charts.joined())</div></section>\n"
    }

    private var pictures: String {
        let shown = contrasts.filter { !$0.pictures.isEmpty }
        guard !shown.isEmpty else { return "" }
        let figures = shown.map { contrast in
            let tiles = contrast.pictures.compactMap { title, png in
                PNG.size(of: png).map { (title: title, png: png, size: $0) }
            }
            let heads = tiles.map {
                "<th scope=\"col\"\($0.title.hasPrefix("step") ? " class=\"made\"" : "")>\(HTML.text($0.title))</th>"
            }
            let cells = tiles.map {
                let alt = "\(contrast.name), \($0.title)"
                return "<td>\(HTML.image($0.png, width: $0.size.width, height: $0.size.height, alt: alt))</td>"
            }
            return """
                <h3>\(HTML.text(contrast.name))</h3><figure><div class="gallery"><table>
                <thead><tr>\(heads.joined())</tr></thead><tbody><tr>\(cells.joined())</tr></tbody></table></div></figure>
                """
        }
        return """
            <section><h2>Pictures over the steps</h2>
            <p class="soft">Axial slices of \(HTML.text(pictured)), who is not trained on: each contrast as it was acquired, as the regression \
            makes it from the others, and as the network does. Radiological convention: the patient's right is on the left. Grey from 0 \
            to the 99.5th percentile.</p>
            \(figures.joined(separator: "\n"))</section>

            """
    }

    private var split: String {
        func row(_ title: String, _ names: [String]) -> String {
            """
            <tr><th scope="row">\(title)</th><td class="num">\(names.count)</td>\
            <td>\(HTML.text(names.isEmpty ? ReportNumber.none : names.joined(separator: ", ")))</td></tr>
            """
        }
        let reasons = failed.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return """
            <section><h2>Patients</h2>
            <div class="scroll"><table class="facts"><tbody>\(row("Trained on", training))\(row("Validation", validation))\(row("Kept for tests", test))\
            </tbody></table></div>\(HTML.warnings(reasons, title: "Not used"))</section>

            """
    }
}
