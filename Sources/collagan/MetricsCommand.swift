import ArgumentParser
import Pipeline

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "How far one volume is from another, as JSON: NMSE, SSIM and others.",
        discussion: """
            Volumes are compared as they are, on one grid. Keys \(MetricsComparison.keys(inEveryRegion: true)); with --mask \
            also …_brain, with --lesion also …_lesion and …_outside_lesion. Of the whole volume alone \
            \(MetricsComparison.keys(inEveryRegion: false)). What is undefined or infinite is null.

            With --lesion also challenge, with the definition of each key: \(MetricsComparison.challengeKeys).
            """)

    @Argument(help: "The true volume.")
    var truth: String

    @Argument(help: "The volume to judge.")
    var imputed: String

    @Option(help: ArgumentHelp("Brain mask.", valueName: "file"))
    var mask: String?

    @Option(help: ArgumentHelp("Lesion mask.", valueName: "file"))
    var lesion: String?

    @Option(help: "Dynamic range R of the intensities.")
    var range = 1.0

    @OptionGroup var talk: TalkOptions

    func validate() throws {
        guard range > 0, range.isFinite else { throw ValidationError("'--range \(range)': give a number above 0") }
    }

    func run() throws {
        try startOrRefuse(talk) { _ in
            try printJSON(
                MetricsComparison.scores(truth: truth, imputed: imputed, mask: mask, lesion: lesion, range: range))
        }
    }
}
