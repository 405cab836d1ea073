import ElementaryFunctions
import Foundation

/// One axis of a chart: from values to places in the drawing, with round ticks.
struct ChartAxis {
    let isLogarithmic: Bool
    /// Ascending.
    let ticks: [Double]
    /// Values at the axis' ends.
    let (lower, upper): (Double, Double)

    private let (from, to): (Double, Double)

    /// - Parameters:
    ///   - values: finite, at least one.
    ///   - from: place of the smallest value.
    ///   - to: place of the largest.
    init(_ values: [Double], from: Double, to: Double, isLinear: Bool = false) {
        (self.from, self.to) = (from, to)
        let (least, most) = (values.min() ?? 0, values.max() ?? 1)
        isLogarithmic = !isLinear && least > 0 && most > 12 * least && most < 1e9 * least
        if isLogarithmic {
            let decades = Int(Elementary.log10(least).rounded(.down))...Int(Elementary.log10(most).rounded(.up))
            let factors: [Double] = decades.count > 4 ? [1] : [1, 2, 5]
            let all = decades.flatMap { decade in factors.map { $0 * Elementary.power(10, decade) } }
            let first = all.lastIndex { $0 <= least } ?? 0
            let last = all.firstIndex { $0 >= most } ?? all.count - 1
            ticks = Array(all[first...last])
        } else {
            let span = most > least ? most - least : max(abs(most), 1e-6)
            let step = Self.step(for: span)
            let (first, last) = ((least / step).rounded(.down), (most / step).rounded(.up))
            ticks = (0...max(Int(min(last - first, 100)), 1)).map { (first + Double($0)) * step }
        }
        (lower, upper) = isLinear ? (least, most) : (ticks[0], ticks[ticks.count - 1])
    }

    /// Place of a value, kept between the ends.
    func place(_ value: Double) -> Double {
        let part =
            isLogarithmic
            ? Elementary.log(max(value, lower) / lower) / Elementary.log(upper / lower)
            : (value - lower) / (upper - lower)
        return from + (to - from) * min(max(part, 0), 1)
    }

    /// A tick's value: "0.05", "1e-6".
    static func label(_ tick: Double) -> String {
        guard tick != 0, abs(tick) < 0.0005 else { return ReportNumber.short(tick, 4) }
        let exponent = Int(Elementary.log10(abs(tick)).rounded(.down))
        return "\(ReportNumber.short(tick / Elementary.power(10, exponent), 2))e\(exponent)"
    }

    /// A round distance (1, 2 or 5 times a power of ten) that gives about five ticks.
    static func step(for span: Double) -> Double {
        let target = min(max(span / 5, 1e-9), 1e300)
        let unit = Elementary.power(10, Int(Elementary.log10(target).rounded(.down)))
        return [1, 2, 5].map { $0 * unit }.first { $0 >= target } ?? 10 * unit
    }
}
