import Records

/// The heat map of what each input adds: a row per synthesised contrast, a column per input.
struct ImportanceMap {
    private let measure: SubsetMeasure
    private let contrasts: [String]
    private let targets: [SubsetTarget]
    private let largest: Double

    init(_ measure: SubsetMeasure, _ report: SubsetReport) {
        (self.measure, contrasts) = (measure, report.contrasts)
        targets = report.targets.filter { !$0.gains.isEmpty }
        let measured = targets.flatMap { target in target.gains.compactMap { measure.colour($0.means, target).map(abs) }
        }
        // Where nothing matters, nothing shall look as if it did.
        largest = max(measured.max() ?? 0, measure.metric.lessIsBetter ? 0.25 : 0.01)
    }

    /// Nothing where no contrast has two inputs.
    func html() -> String {
        guard !targets.isEmpty else { return "" }
        let titles = contrasts.map { "<th scope=\"col\" class=\"num\">+ \(HTML.text($0))</th>" }
        let rows = targets.map { target in
            "<tr><th scope=\"row\">\(HTML.text(target.name))</th>\(contrasts.map { cell(target, $0) }.joined())</tr>"
        }
        let verb = measure.metric.lessIsBetter ? "falls" : "rises"
        return """
            <div><div class="scroll"><table class="heat gains"><caption><strong>\(measure.title)</strong>: how much it \(verb) when the \
            input joins others. Small: how much is lost without it when all others are there.</caption>
            <thead><tr><th scope="col">for ↓</th>\(titles.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div></div>

            """
    }

    private func cell(_ target: SubsetTarget, _ input: String) -> String {
        guard let gain = target.gains.first(where: { $0.input == input })?.means else {
            return "<td class=\"void\"></td>"
        }
        let (mean, leaveOneOut) = (measure.value(gain.meanGain), measure.value(gain.leaveOneOutGain))
        let most = target.gains.compactMap { measure.value($0.means.meanGain) }.max()
        let isMost = mean != nil && mean == most && (most ?? 0) > 0
        let title =
            "\(input) for \(target.name): \(measure.title) \(measure.metric.signed(mean)) on average when it joins others, "
            + "\(measure.metric.signed(leaveOneOut)) when all others are there (positive is better)"
        return
            "<td class=\"num\(isMost ? " most" : "")\"\(HeatColour.style(measure.colour(gain, target), largest: largest))"
            + " title=\"\(HTML.text(title))\"><b>\(measure.metric.signed(mean))</b>"
            + "<small>\(measure.metric.signed(leaveOneOut))</small></td>"
    }
}
