import Metrics

extension Metric {
    /// Heads a column, e.g. "NMSE ↓".
    var heading: String {
        switch better {
        case .less: "\(title) ↓"
        case .more: "\(title) ↑"
        case .neither: title
        }
    }

    /// A value with its unit, e.g. "25.3 dB".
    package func text(_ value: Double?) -> String {
        let number = number(value)
        guard let unit, number != ReportNumber.none else { return number }
        return "\(number) \(unit)"
    }

    /// A value without its unit.
    func number(_ value: Double?) -> String { ReportNumber.fixed(value, decimals) }

    /// A difference, without its unit.
    func signed(_ value: Double?) -> String { ReportNumber.signed(value, decimals) }
}

extension Region {
    /// What pages call it; nil for what they leave out.
    var title: String? {
        switch self {
        case .whole: "Whole volume"
        case .brain: "Inside the brain"
        case .lesion: "Inside the lesions"
        case .outsideLesion: nil
        }
    }
}
