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
            \(HTML.definitions(facts.map { ($0.name, $0.value) }, caption: "Machine, time and software"))\
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
        let scored = contrasts.filter { !$0.nmse.isEmpty }
        guard !scored.isEmpty else { return "" }
        let rows = scored.map { contrast -> String in
            let regression = contrast.baselines.first { $0.method == .regression }?.whole
            let copy = contrast.baselines.first { $0.method == .copy }
            let now = contrast.nmse.last?.value
            let best = contrast.nmse.first { $0.step == bestStep }?.value
            let isBetter = regression?.nmse.flatMap { rival in now.flatMap { $0.isFinite ? $0 < rival : nil } }
            let chip =
                switch isBetter {
                case true?: ("good", "✓ better")
                case false?: ("care", "not yet better")
                case nil: ("plain", ReportNumber.none)
                }
            let copied = copy?.detail.map { " (\(HTML.text($0)))" } ?? ""
            let zero = contrast.baselines.first { $0.method == .zeroFill }?.whole
            return """
                <tr><th scope="row">\(HTML.text(contrast.name))</th>\
                <td class="num edge\(isBetter == true ? " best" : "")">\(ReportNumber.error(now))</td><td class="num">\(ReportNumber.ssim(contrast.ssim.last?.value))</td>\
                <td class="num">\(ReportNumber.psnr(contrast.psnr.last?.value))</td><td class="num edge">\(ReportNumber.error(best))</td>\
                <td class="num edge\(isBetter == false ? " best" : "")">\(ReportNumber.error(regression?.nmse))</td><td class="num">\(ReportNumber.ssim(regression?.ssim))</td>\
                <td class="num">\(ReportNumber.psnr(regression?.psnr))</td>\
                <td class="num edge">\(ReportNumber.error(copy?.whole.nmse))\(copied)</td>\
                <td class="num">\(ReportNumber.error(zero?.nmse))</td>\
                <td class="edge"><span class="chip \(chip.0)">\(chip.1)</span></td><td class="num">\(contrast.patients)</td></tr>
                """
        }
        let latest = scored.compactMap { $0.nmse.last?.step }.max() ?? 0
        let best = bestStep.map { "best model, step \($0)" } ?? "no best model"
        return """
            <section><h2>Validation patients</h2>
            <div class="scroll"><table><caption>Every contrast synthesised from all the others, mean over the patients, on normalised \
            intensities. ↓ lower is better, ↑ higher is better. The regression was fitted on the training patients: a network that does \
            not beat it is not worth running.</caption>
            <thead><tr><th scope="col" rowspan="2">Contrast</th>\
            <th scope="colgroup" class="group edge" colspan="3">Network, step \(latest)</th>\
            <th scope="colgroup" class="group edge">\(best)</th>\
            <th scope="colgroup" class="group edge" colspan="3">Quadratic regression</th>\
            <th scope="colgroup" class="group edge">Best copy</th><th scope="colgroup" class="group">Zero fill</th>\
            <th scope="col" class="edge" rowspan="2">Than the regression</th><th scope="col" class="num" rowspan="2">Patients</th></tr>
            <tr><th scope="col" class="num edge">NMSE ↓</th><th scope="col" class="num">SSIM ↑</th><th scope="col" class="num">PSNR ↑</th>\
            <th scope="col" class="num edge">NMSE ↓</th><th scope="col" class="num edge">NMSE ↓</th><th scope="col" class="num">SSIM ↑</th>\
            <th scope="col" class="num">PSNR ↑</th><th scope="col" class="num edge">NMSE ↓</th><th scope="col" class="num">NMSE ↓</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div></section>

            """
    }

    private var curves: String {
        let charts = contrasts.filter { !$0.nmse.isEmpty }.flatMap { contrast in
            [
                chart("\(contrast.name): NMSE", contrast.nmse, contrast.baselines, \.nmse),
                chart("\(contrast.name): SSIM", contrast.ssim, contrast.baselines, \.ssim),
            ]
        }
        guard !charts.isEmpty else { return "" }
        return
            "<section><h2>Validation patients over the steps</h2><div class=\"charts\">\(charts.joined())</div></section>\n"
    }

    private func chart(
        _ title: String, _ points: [Point], _ baselines: [ScoreRow], _ value: (ScoreNumbers) -> Double?
    ) -> String {
        let levels = [(ScoreRow.Method.regression, "regression"), (.copy, "best copy")].compactMap { method, name in
            baselines.first { $0.method == method }.flatMap { value($0.whole) }.map {
                LineChart.Level(title: name, value: $0)
            }
        }
        let best = points.first { $0.step == bestStep }.map { (x: Double($0.step), y: $0.value) }
        return LineChart(
            title: title, curve: "network", points: points.map { (Double($0.step), $0.value) }, levels: levels,
            best: best, lastX: Double(steps)
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
