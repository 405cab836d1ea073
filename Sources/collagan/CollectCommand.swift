import ArgumentParser
import Pipeline

struct CollectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Put the parts of a batch together: run.json, metrics.csv and pages of all patients.",
        discussion: """
            For a folder into which runs with --part or --participants wrote. Reads their journals and records alone; the patients' \
            images need not be there. Exit status 1 if patients failed, or parts never ran or did not finish: it names them.
            """)

    @Argument(help: "The --out folder of the parts.")
    var dir: String

    @OptionGroup var wait: WaitOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
        try startOrRefuse(talk) { console in
            let outcome = try Collector(dir, waiting: wait.waiting, console: console).run()
            for problem in outcome.problems { console.error("\(dir): \(problem)") }
            try conclude(
                outcome.manifest, after: [outcome.preprocessed], scores: outcome.scores, subsets: outcome.subsets,
                talk)
            if !outcome.problems.isEmpty { throw ExitCode(1) }
        }
    }
}
