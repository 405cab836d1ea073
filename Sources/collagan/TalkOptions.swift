import ArgumentParser
import Pipeline

/// How a command talks.
struct TalkOptions: ParsableArguments {
    @Flag(help: "Only warnings and errors on standard error.")
    var quiet = false

    @Flag(help: "The result as JSON on standard output, and nothing else there.")
    var json = false

    var console: Console { Console(quiet: quiet) }
}
