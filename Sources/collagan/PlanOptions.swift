import ArgumentParser
import Pipeline

/// Whether a command only says what it would do.
struct PlanOptions: ParsableArguments {
    @Flag(
        help: """
            Only list what would be done for each patient and why; write nothing. Exit status 1 if a patient would fail \
            (docs/reference/plan.md).
            """)
    var plan = false

    /// Prints what a run would do; no table with `--quiet`.
    static func print(_ plan: RunPlan, _ talk: TalkOptions) throws {
        if talk.json {
            try printJSON(plan)
        } else if !talk.quiet {
            try printResult(plan.text())
        }
        if plan.hasFailures { throw ExitCode(1) }
    }
}
