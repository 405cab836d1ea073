/// How long a run still takes, told by the patients that the network was done with and by how far it is with the present one.
package struct Pace: Sendable {
    private var (patients, seconds) = (0, 0.0)

    /// Nothing is known yet.
    package init() {}

    /// A patient was done.
    package mutating func finished(after seconds: Double) {
        patients += 1
        self.seconds += seconds
    }

    /// Seconds until all are done; nil as long as next to nothing is known.
    ///
    /// The present patient takes as long as it took so far ÷ `fraction`, the others as long as the mean of those before, the first
    /// one's others as long as itself.
    /// - Parameters:
    ///   - fraction: how much of the present patient is done, 0 ... 1.
    ///   - elapsed: seconds since it was begun.
    ///   - others: patients that come after it.
    package func secondsLeft(fraction: Double, elapsed: Double, others: Int) -> Double? {
        let mean = patients > 0 ? seconds / Double(patients) : nil
        let isTelling = fraction >= 0.05 && elapsed >= 1
        guard let own = isTelling ? elapsed / fraction : mean else { return nil }
        return max(own - elapsed, 0) + Double(others) * (mean ?? own)
    }

    /// "about 40 s", "about 12 min", "about 3 h 20 min", "about 2 days 5 h".
    package static func text(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e8 else { return "very long" }
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return "about \(max((whole + 4) / 5 * 5, 5)) s" }
        let minutes = (whole + 30) / 60
        if minutes < 60 { return "about \(minutes) min" }
        if minutes < 48 * 60 { return "about \(minutes / 60) h \(minutes % 60) min" }
        return "about \(minutes / 1440) days \(minutes % 1440 / 60) h"
    }
}
