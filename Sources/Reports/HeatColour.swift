/// The background of a heat map's cell: blue where an input helps, orange where something is lost, none at 0.
enum HeatColour {
    /// An inline style; nothing where there is no number or no range.
    /// - Parameters:
    ///   - value: above 0 is blue, below orange.
    ///   - largest: the magnitude with the deepest colour; beyond it the colour stays.
    static func style(_ value: Double?, largest: Double) -> String {
        guard let value, value.isFinite, largest > 0 else { return "" }
        let depth = min(abs(value) / largest, 1) * 0.78
        let colour = value > 0 ? "42 122 214" : "224 112 28"
        return " style=\"background: rgb(\(colour) / \(ReportNumber.fixed(depth * 100, 0))%)\""
    }

    /// A scale from one end to the other with a label below each colour.
    static func legend(_ steps: [(value: Double, label: String)], largest: Double, title: String) -> String {
        let cells = steps.map { "<li><i\(style($0.value, largest: largest))></i>\(HTML.text($0.label))</li>" }
        return "<p class=\"scale\"><span>\(HTML.text(title))</span></p><ul class=\"scale\">\(cells.joined())</ul>\n"
    }
}
