import ElementaryFunctions
import Foundation
import Records

/// The heat map of one score: a row per synthesised contrast, a column per subset of the inputs, marked by dots above.
struct SubsetMap {
    private let measure: SubsetMeasure
    private let contrasts: [String]
    private let targets: [SubsetTarget]
    /// nil stands for all contrasts but the synthesised one.
    private let columns: [[String]?]
    private let largest: Double

    init(_ measure: SubsetMeasure, _ report: SubsetReport) {
        (self.measure, contrasts, targets) = (measure, report.contrasts, report.targets)
        let full = contrasts.count - 1
        var subsets: [[String]] = []
        for inputs in targets.flatMap({ $0.rows.map(\.inputs) }) where inputs.count < full && !subsets.contains(inputs)
        {
            subsets.append(inputs)
        }
        let places = { [contrasts] (names: [String]) in names.map { contrasts.firstIndex(of: $0) ?? contrasts.count } }
        subsets.sort { $0.count == $1.count ? places($0).lexicographicallyPrecedes(places($1)) : $0.count < $1.count }
        columns = subsets.map { $0 } + (targets.contains { $0.rows.contains { $0.inputs.count == full } } ? [nil] : [])
        let losses = targets.flatMap(\.rows).compactMap { measure.loss($0).map(abs) }
        // At least twice the error or 0.02 of SSIM: less is no difference worth a deep colour.
        largest = max(losses.max() ?? 0, measure.metric.lessIsBetter ? 1 : 0.02)
    }

    func html() -> String {
        let groups = groupTitles.map {
            "<th scope=\"colgroup\" class=\"edge\" colspan=\"\($0.count)\">\($0.title)</th>"
        }
        let names = columns.map { inputs in
            "<th scope=\"col\"\(edge(inputs))><span class=\"hidden\">\(HTML.text(inputs?.joined(separator: ", ") ?? "all others"))</span></th>"
        }
        let dots = contrasts.map { contrast in
            let cells = columns.map { inputs -> String in
                let mark =
                    inputs.map { $0.contains(contrast) ? "●" : "<span class=\"off\">·</span>" }
                    ?? "<span class=\"off\">●</span>"
                return "<td\(edge(inputs)) aria-hidden=\"true\">\(mark)</td>"
            }
            return "<tr class=\"dots\"><th scope=\"row\">\(HTML.text(contrast))</th>\(cells.joined())</tr>"
        }
        let rows = targets.map { target in
            "<tr><th scope=\"row\">\(HTML.text(target.name))</th>\(columns.map { cell(target, $0) }.joined())</tr>"
        }
        return """
            <div class="scroll"><table class="heat"><caption>\(caption)</caption>
            <thead><tr><th scope="col">Synthesised ↓ from →</th>\(groups.joined())</tr>
            <tr class="names"><td></td>\(names.joined())</tr>
            \(dots.joined(separator: "\n"))</thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            \(legend)
            """
    }

    private var caption: String {
        "<strong>\(measure.title)</strong> of the network's image from the contrasts marked ●; "
            + (measure.metric.lessIsBetter ? "↓ lower is better." : "↑ higher is better.")
    }

    private var groupTitles: [(title: String, count: Int)] {
        let words = ["no contrast", "one contrast", "two contrasts", "three contrasts", "four contrasts"]
        func title(_ inputs: [String]?) -> String {
            guard let size = inputs?.count else { return "all others" }
            return size < words.count ? words[size] : "\(size) contrasts"
        }
        return columns.reduce(into: []) { groups, inputs in
            if groups.last?.title == title(inputs) {
                groups[groups.count - 1].count += 1
            } else {
                groups.append((title(inputs), 1))
            }
        }
    }

    /// Marks the first column of each size.
    private func edge(_ inputs: [String]?) -> String {
        let first = columns.first { $0?.count == inputs?.count }
        return first == .some(inputs) ? " class=\"edge\"" : ""
    }

    private func cell(_ target: SubsetTarget, _ column: [String]?) -> String {
        let inputs = column ?? contrasts.filter { $0 != target.name }
        guard let row = target.rows.first(where: { $0.inputs == inputs }) else {
            let reason = inputs.contains(target.name) ? "holds \(target.name) itself" : "no patient has these contrasts"
            return "<td class=\"void\(edge(column).isEmpty ? "" : " edge")\" title=\"\(HTML.text(reason))\"></td>"
        }
        let loss = measure.loss(row)
        let style = HeatColour.style(loss.map { -$0 }, largest: largest)
        let title = "\(target.name) from \(HTML.enumeration(inputs)): \(measure.title) \(comparison(row))"
        return "<td class=\"num\(edge(column).isEmpty ? "" : " edge")\(column == nil ? " all" : "")\"\(style)"
            + " title=\"\(HTML.text(title))\">\(measure.text(row.scores))</td>"
    }

    private func comparison(_ row: SubsetMeans) -> String {
        let own = measure.text(row.scores)
        let (all, regression) = (measure.text(row.allInputs), measure.text(row.regression))
        return "\(own); from all inputs \(all); quadratic regression from the same \(regression)"
    }

    private var legend: String {
        if measure.metric.lessIsBetter {
            let ratios = [0.5, 1, Elementary.power(2, largest / 2), Elementary.power(2, largest)]
            return HeatColour.legend(
                ratios.map { (-Elementary.log2($0), "\(ReportNumber.short($0, 1))×") }, largest: largest,
                title: "Colour: times the \(measure.title) from all inputs")
        }
        let steps = [largest, 0, -largest / 2, -largest]
        return HeatColour.legend(
            steps.map { ($0, $0 == 0 ? "0" : measure.metric.signed($0)) }, largest: largest,
            title: "Colour: difference to the \(measure.title) from all inputs")
    }
}
