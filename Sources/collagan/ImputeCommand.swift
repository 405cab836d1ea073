import ArgumentParser

struct ImputeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "impute",
        abstract: "Synthesise every contrast that a patient lacks: image, sidecar, report.",
        discussion: """
            Writes DIR/<patient>/<patient>_<contrast>_imputed.nii.gz with a .json sidecar, metrics.json and report.html per
            patient, and metrics.csv, run.json and report.html for all. Run again, it finishes what is missing.
            """)

    @OptionGroup var options: RunOptions
    @OptionGroup var first: PrepareFirstOptions
    @OptionGroup var copies: CopyOptions
    @OptionGroup var precision: PrecisionOptions
    @OptionGroup var plan: PlanOptions

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Only these contrasts. Default: all that are missing.", valueName: "contrast"))
    var targets: [String] = []

    @OptionGroup var source: SourceOptions

    func validate() throws {
        if copies.dicom, !first.prepare { throw ValidationError("'--dicom' goes with --prepare, on DICOM files") }
    }

    func run() throws {
        try options.run(
            .impute, targets: targets, source: source.from, precision: precision, first: first, copies: copies,
            isPlan: plan.plan)
    }
}
