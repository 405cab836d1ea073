import ArgumentParser
import Pipeline

/// How a command talks.
struct TalkOptions: ParsableArguments {
    @Flag(help: "Only warnings and errors on standard error.")
    var quiet = false

    @Flag(help: "The result as JSON on standard output, and nothing else there.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Also write what is said on standard error, every line with its time, to the end of this file, whatever --quiet says.",
            valueName: "file"))
    var log: String?

    /// - Throws: `CollaGANError` if the log cannot be written.
    var console: Console {
        get throws {
            if let log { return try Console(quiet: quiet, log: log) }
            return Console(quiet: quiet)
        }
    }
}
