import ArgumentParser
import Files
import Patients
import Pipeline

struct BIDSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bids",
        abstract: "As a BIDS App: 'impute' of a BIDS dataset for each participant, 'collect' for the group.",
        discussion: """
            participant: synthesises every contrast that the chosen subjects and sessions lack, into BIDS derivatives. group: where \
            participants were run apart, puts their records together; after a run over all of them there is nothing left to do.
            """)

    /// What is done: once for each participant, or once for all.
    enum Level: String, CaseIterable, ExpressibleByArgument {
        case participant, group
    }

    @Argument(help: "The BIDS dataset; never modified.")
    var bidsDir: String

    @Argument(help: "Folder for the derivatives.")
    var outputDir: String

    @Argument(help: "\(Level.allCases.map(\.rawValue).joined(separator: " or ")).")
    var analysisLevel: Level

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Only these subjects, with or without sub-. Default: all.", valueName: "label"))
    var participantLabel: [String] = []

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Only these sessions, with or without ses-. Default: all.", valueName: "label"))
    var sessionLabel: [String] = []

    @Flag(help: "Make results again that are complete.")
    var overwrite = false

    @OptionGroup var files: PatternOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var computing: ComputingOptions
    @OptionGroup var precision: PrecisionOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        if analysisLevel == .group, !(participantLabel + sessionLabel).isEmpty {
            throw ValidationError("'--participant-label' and '--session-label' are for the level 'participant'")
        }
    }

    func run() throws {
        try startOrRefuse(talk) { console in
            switch analysisLevel {
            case .participant: try runParticipants(console)
            case .group: try collectGroup(console)
            }
        }
    }

    private func runParticipants(_ console: Console) throws {
        var settings = RunSettings(mode: .impute, patients: bidsDir, output: outputDir)
        (settings.layout, settings.patterns) = (.bids, files.patterns)
        settings.selection = PatientSelection(
            participants: participantLabel.isEmpty ? nil : try PatientSelection.names(participantLabel),
            sessions: sessionLabel.isEmpty ? nil : sessionLabel)
        (settings.overwrites, settings.waiting) = (overwrite, wait.waiting)
        (settings.memory, settings.precision) = (computing.memory.limit, precision.precision)
        let result = try Runner(settings, model: computing.modelFile(), console: console).run()
        try conclude(result.manifest, scores: result.scores, subsets: result.subsets, talk)
    }

    private func collectGroup(_ console: Console) throws {
        if let whole = Collector.wholeRun(in: outputDir) {
            if whole.state == .finished {
                console.info("\(outputDir): one run over all participants; nothing to put together")
                return try conclude(whole, talk)
            }
            console.error("\(outputDir): the run over all participants did not finish; run the level participant again")
            throw ExitCode(1)
        }
        let outcome = try Collector(outputDir, waiting: wait.waiting, console: console).run()
        for problem in outcome.problems { console.error("\(outputDir): \(problem)") }
        try conclude(outcome.manifest, scores: outcome.scores, subsets: outcome.subsets, talk)
        if !outcome.problems.isEmpty { throw ExitCode(1) }
    }
}
