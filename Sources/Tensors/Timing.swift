/// How long repeated work took, in ms per run.
package struct Timing: Sendable {
    package let median: Double
    package let minimum: Double

    /// Median and minimum of measured times in ms.
    ///
    /// - Precondition: at least one.
    package init(_ times: [Double]) {
        let sorted = times.sorted()
        minimum = sorted[0]
        median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// Runs `body` `warmUps` times untimed, then `repeats` times timed; it is told the number of the run.
    ///
    /// - Precondition: `repeats` is positive.
    package init(warmUps: Int = 1, repeats: Int, _ body: (Int) -> Void) {
        for run in 0..<warmUps { body(run) }
        self.init((warmUps..<warmUps + repeats).map { run in Timing.milliseconds { body(run) } })
    }

    /// Wall time of `body` in ms.
    package static func milliseconds(of body: () -> Void) -> Double {
        ContinuousClock().measure(body) / .milliseconds(1)
    }
}
