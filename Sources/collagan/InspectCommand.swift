import ArgumentParser
import Pipeline

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "What a file or folder holds: geometry, intensities, which contrasts were recognised and why.",
        discussion: """
            Exit status 1 if a file cannot be used or a patient's files cannot be told apart. Not looked at: whether a patient's \
            volumes overlap and whether its masks cover them. In a folder of several patients only headers are read.
            """)

    @Argument(help: "A NIfTI file, a patient's folder, or a folder of patients.")
    var path: String

    @Option(help: ArgumentHelp("Write a quick look (three planes per volume) to this PNG file.", valueName: "file"))
    var png: String?

    @Option(help: "The contrasts to look for.", transform: { $0.split(separator: ",").map(String.init) })
    var contrasts = ["T1", "T1Gd", "T2", "FLAIR"]

    @OptionGroup var input: InputOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        guard !contrasts.isEmpty else { throw ValidationError("'--contrasts': give names separated by commas") }
    }

    func run() throws {
        try startOrRefuse(talk) { _ in
            let inspection = try Inspection(
                path: path, contrasts: contrasts, patterns: input.patterns, layout: input.layout)
            if let png { try inspection.writeQuickLook(to: png) }
            if talk.json { try printJSON(inspection) } else { try printResult(inspection.text()) }
            if inspection.hasProblems { throw ExitCode(1) }
        }
    }
}
