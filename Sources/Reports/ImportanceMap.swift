/// The heat map of what each input adds: a row per synthesised contrast, a column per input.
struct ImportanceMap {
    private let measure: SubsetMeasure
    private let contrasts: [String]
    private let targets: [SubsetTarget]
    private let largest: Double

    init(_ measure: SubsetMeasure, _ report: SubsetReport) {
        (self.measure, contrasts) = (measure, report.contrasts)
        targets = report.targets.filter { !$0.gains.isEmpty }
        let measured = targets.flatMap { target in target.gains.compactMap { measure.colour($0, target).map(abs) } }
        // Where nothing matters, nothing shall look as if it did.
        largest = max(measured.max() ?? 0, measure.isError ? 0.25 : 0.01)
    }

    /// Nothing where no contrast has two inputs.
    func html() -> String {
        guard !targets.isEmpty else { return "" }
        let titles = contrasts.map { "<th scope=\"col\" class=\"num\">+ \(HTML.text($0))</th>" }
        let rows = targets.map { target in
            "<tr><th scope=\"row\">\(HTML.text(target.name))</th>\(contrasts.map { cell(target, $0) }.joined())</tr>"
        }
        let verb = measure.isError ? "falls" : "rises"
        return """
            <div><div class="scroll"><table class="heat gains"><caption><strong>\(measure.title)</strong>: how much it \(verb) when the \
            input joins others. Small: how much is lost without it when all others are there.</caption>
            <thead><tr><th scope="col">for ↓</th>\(titles.joined())</tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div></div>

            """
    }

    private func cell(_ target: SubsetTarget, _ input: String) -> String {
        guard let gain = target.gains.first(where: { $0.input == input }) else { return "<td class=\"void\"></td>" }
        let numbers = measure.gain(gain)
        let most = target.gains.compactMap { measure.gain($0).mean }.max()
        let isMost = numbers.mean != nil && numbers.mean == most && (most ?? 0) > 0
        let title =
            "\(input) for \(target.name): \(measure.title) \(signed(numbers.mean)) on average when it joins others, "
            + "\(signed(numbers.leaveOneOut)) when all others are there (positive is better)"
        return
            "<td class=\"num\(isMost ? " most" : "")\"\(HeatColour.style(measure.colour(gain, target), largest: largest))"
            + " title=\"\(HTML.text(title))\"><b>\(signed(numbers.mean))</b><small>\(signed(numbers.leaveOneOut))</small></td>"
    }

    private func signed(_ value: Double?) -> String { ReportNumber.signed(value, measure.isError ? 4 : 3) }
}
