import ArgumentParser
import Pipeline

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Hide each contrast in turn, synthesise it, score it against the truth and the baselines.",
        discussion: """
            Writes the same files as impute; metrics.json and metrics.csv hold the scores of the network, of zero fill, of the best \
            copy of another contrast and of the model's voxelwise quadratic regression: \(MetricsComparison.titles). With a lesion \
            mask the network's also as challenges have them. Each contrast is also synthesised from every subset of the others: \
            subsets.html shows which contrast matters for which, subsets.csv and subsets.json hold the scores.
            """)

    @OptionGroup var options: RunOptions
    @OptionGroup var first: PrepareFirstOptions
    @OptionGroup var precision: PrecisionOptions
    @OptionGroup var plan: PlanOptions

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Only these contrasts. Default: all that are there.", valueName: "contrast"))
    var targets: [String] = []

    @OptionGroup var source: SourceOptions

    @Flag(
        inversion: .prefixedNo,
        help: """
            Whether each contrast is also synthesised from every subset of the others (about twice the time). (default: \
            --subsets, but not with --from)
            """)
    var subsets: Bool?

    func validate() throws {
        guard subsets != true || source.from == nil else {
            throw ValidationError("'--subsets' and '--from' exclude each other; leave one out")
        }
    }

    func run() throws {
        try options.run(
            .evaluate, targets: targets, source: source.from, subsets: subsets ?? (source.from == nil),
            precision: precision, first: first,
            isPlan: plan.plan)
    }
}
