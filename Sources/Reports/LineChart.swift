import Foundation

/// A curve over steps, with horizontal lines to compare with and vertical ones where something changes.
struct LineChart {
    /// A horizontal line.
    struct Level {
        var title: String
        var value: Double
    }

    var title: String
    /// What the curve shows, for the legend.
    var curve: String
    /// Ascending in x; values that are not finite leave a gap.
    var points: [(x: Double, y: Double)]
    /// At most two.
    var levels: [Level] = []
    /// Vertical lines with a name each.
    var marks: [(x: Double, title: String)] = []
    /// A point that is marked.
    var best: (x: Double, y: Double)?
    /// End of the axis; the last point's x is the least.
    var lastX: Double?

    private static let (width, height) = (560.0, 300.0)
    private static let (left, right, top, bottom) = (64.0, 18.0, 52.0, 42.0)
    /// More points are averaged.
    private static let mostPoints = 240

    /// Inline SVG with a text alternative, or nothing where there is no value.
    ///
    /// The vertical axis is logarithmic where all values are positive and the largest is more than 12 times the
    /// smallest.
    func svg() -> String {
        let shown = thinned
        let finite = shown.filter(\.y.isFinite)
        guard let end = finite.last else { return "" }
        let values = finite.map(\.y) + levels.map(\.value).filter(\.isFinite)
        let axis = ChartAxis(values, from: Self.height - Self.bottom, to: Self.top)
        let steps = ChartAxis(
            [0, max(lastX ?? 0, end.x, 1)], from: Self.left, to: Self.width - Self.right, isLinear: true)
        var marks: [String] = []
        for tick in axis.ticks {
            let y = ReportNumber.coordinate(axis.place(tick))
            marks.append(
                """
                <line class="grid" x1="\(Self.left)" y1="\(y)" x2="\(Self.width - Self.right)" y2="\(y)"/>\
                <text class="faint" x="\(Self.left - 8)" y="\(y)" dy="4" text-anchor="end">\(ChartAxis.label(tick))</text>
                """)
        }
        for tick in steps.ticks where tick <= steps.upper {
            let x = ReportNumber.coordinate(steps.place(tick))
            marks.append(
                "<text class=\"faint\" x=\"\(x)\" y=\"\(Self.height - 22)\" text-anchor=\"middle\">\(ReportNumber.short(tick, 2))</text>"
            )
        }
        let (middle, foot) = ((Self.left + Self.width - Self.right) / 2, Self.height - 6)
        marks.append("<text class=\"faint\" x=\"\(middle)\" y=\"\(foot)\" text-anchor=\"middle\">step</text>")
        for mark in self.marks {
            let x = steps.place(mark.x)
            let (anchor, shift) = x > Self.width * 0.75 ? ("end", -4) : ("start", 4)
            let place = ReportNumber.coordinate(x)
            marks.append(
                """
                <line class="turn" x1="\(place)" y1="\(Self.top)" x2="\(place)" y2="\(Self.height - Self.bottom)"/>\
                <text class="faint" x="\(place)" y="\(Self.top + 12)" dx="\(shift)" text-anchor="\(anchor)">\(HTML.text(mark.title))</text>
                """)
        }
        for (index, level) in levels.enumerated() where level.value.isFinite {
            let y = ReportNumber.coordinate(axis.place(level.value))
            marks.append(
                "<line class=\"level l\(index + 1)\" x1=\"\(Self.left)\" y1=\"\(y)\" x2=\"\(Self.width - Self.right)\" y2=\"\(y)\"/>"
            )
        }
        marks += pieces(shown).map { piece in
            let places = piece.map {
                "\(ReportNumber.coordinate(steps.place($0.x))),\(ReportNumber.coordinate(axis.place($0.y)))"
            }
            return "<polyline class=\"curve\" points=\"\(places.joined(separator: " "))\"/>"
        }
        if let best, best.y.isFinite {
            marks.append(dot(steps.place(best.x), axis.place(best.y), "best: step \(ReportNumber.short(best.x, 0))"))
        } else if finite.count == 1 {
            marks.append(dot(steps.place(end.x), axis.place(end.y), "step \(ReportNumber.short(end.x, 0))"))
        }
        let scale = axis.isLogarithmic ? ", logarithmic scale" : ""
        let comparisons = levels.map { "; \($0.title) \(ReportNumber.short($0.value, 4))" }.joined()
        let alt =
            "\(title)\(scale): \(ReportNumber.short(end.y, 4)) at step \(ReportNumber.short(end.x, 0))\(comparisons)"
        return """
            <svg viewBox="0 0 \(Self.width) \(Self.height)" role="img" aria-label="\(HTML.text(alt))">
            <text x="14" y="20" font-weight="600">\(HTML.text(title))<tspan class="faint" font-weight="400">\(scale)</tspan></text>
            \(legend)
            \(marks.joined(separator: "\n"))
            </svg>

            """
    }

    private func dot(_ x: Double, _ y: Double, _ title: String) -> String {
        """
        <circle class="dot own" cx="\(ReportNumber.coordinate(x))" cy="\(ReportNumber.coordinate(y))" r="4.5">\
        <title>\(HTML.text(title))</title></circle>
        """
    }

    /// One line under the title: what is drawn how.
    private var legend: String {
        var x = 14.0
        let entries = [(curve, "curve")] + levels.enumerated().map { ($1.title, "level l\($0 + 1)") }
        return entries.map { name, kind in
            defer { x += 40 + 6.4 * Double(name.count) }
            return """
                <line class="\(kind)" x1="\(x)" y1="36" x2="\(x + 22)" y2="36"/>\
                <text class="faint" x="\(x + 28)" y="40">\(HTML.text(name))</text>
                """
        }.joined()
    }

    /// Means of runs of neighbours, so that a long training does not make a long page.
    private var thinned: [(x: Double, y: Double)] {
        guard points.count > Self.mostPoints else { return points }
        return (0..<Self.mostPoints).map { index in
            let run = points[index * points.count / Self.mostPoints..<(index + 1) * points.count / Self.mostPoints]
            let count = Double(run.count)
            return (run.reduce(0) { $0 + $1.x } / count, run.reduce(0) { $0 + $1.y } / count)
        }
    }

    /// Runs of finite values.
    private func pieces(_ points: [(x: Double, y: Double)]) -> [[(x: Double, y: Double)]] {
        points.split { !$0.y.isFinite }.map(Array.init).filter { $0.count > 1 }
    }
}
