import Metrics

/// A dot per patient and method along one axis of NMSE, a tick at each method's mean.
struct StripChart {
    /// One line of dots.
    struct Line {
        var title: String
        /// True for the network.
        var isOwn: Bool
        /// A value from 0 to 1e12 per patient.
        var values: [(name: String, value: Double)]
    }

    var title: String
    var lines: [Line]

    private static let (left, right, top, pitch, width) = (150.0, 20.0, 34.0, 30.0, 460.0)

    /// Inline SVG with a text alternative, or nothing where there is no value.
    func svg() -> String {
        let values = lines.flatMap { $0.values.map(\.value) }
        guard let largest = values.max() else { return "" }
        let step = ChartAxis.step(for: largest)
        let end = max((largest / step).rounded(.up), 1) * step
        let height = StripChart.top + StripChart.pitch * Double(lines.count) + 26
        let bottom = height - 26
        func x(_ value: Double) -> String {
            let inner = StripChart.width - StripChart.left - StripChart.right
            return ReportNumber.coordinate(StripChart.left + inner * value / end)
        }
        var marks: [String] = []
        for tick in 0...Int((end / step).rounded()) {
            let (at, value) = (x(Double(tick) * step), Double(tick) * step)
            marks.append(
                """
                <line class="grid" x1="\(at)" y1="\(StripChart.top - 6)" x2="\(at)" y2="\(bottom)"/>\
                <text class="faint" x="\(at)" y="\(bottom + 18)" text-anchor="middle">\(ReportNumber.short(value, 6))</text>
                """)
        }
        for (index, line) in lines.enumerated() {
            let y = StripChart.top + StripChart.pitch * (Double(index) + 0.5)
            marks.append(
                "<text x=\"\(StripChart.left - 10)\" y=\"\(y + 4)\" text-anchor=\"end\">\(HTML.text(line.title))</text>"
            )
            let kind = line.isOwn ? "dot own" : "dot"
            for (name, value) in line.values {
                let label = HTML.text("\(name): \(Metric.nmse.text(value))")
                marks.append(
                    "<circle class=\"\(kind)\" cx=\"\(x(value))\" cy=\"\(y)\" r=\"4.5\"><title>\(label)</title></circle>"
                )
            }
            guard !line.values.isEmpty else { continue }
            let mean = x(line.values.reduce(0) { $0 + $1.value } / Double(line.values.count))
            marks.append("<line class=\"mean\" x1=\"\(mean)\" y1=\"\(y - 10)\" x2=\"\(mean)\" y2=\"\(y + 10)\"/>")
        }
        let means = lines.filter { !$0.values.isEmpty }.map { line in
            let mean = line.values.reduce(0) { $0 + $1.value } / Double(line.values.count)
            return "\(line.title) \(Metric.nmse.text(mean))"
        }
        let alt = "NMSE of \(title) per patient; means: \(means.joined(separator: ", "))"
        return """
            <svg viewBox="0 0 \(StripChart.width) \(height)" role="img" aria-label="\(HTML.text(alt))">
            <text x="12" y="20" font-weight="600">\(HTML.text(title)): NMSE per patient</text>
            \(marks.joined(separator: "\n"))
            </svg>

            """
    }
}
