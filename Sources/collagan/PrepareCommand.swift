import ArgumentParser
import Pipeline

struct PrepareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare",
        abstract:
            "From raw scans to what the other commands read: DICOM or NIfTI, registered, on one grid, with a brain mask.",
        discussion: """
            Writes DIR/<patient>/<patient>_<contrast>.nii.gz, <patient>_brainmask.nii.gz, transforms, preparation.json and report.html; \
            then: collagan impute DIR --out RESULTS. DICOM needs dcm2niix. Run again, it finishes what is missing \
            (docs/how-to/prepare-raw-scans.md).
            """)

    @Argument(help: "A patient's folder of NIfTI or DICOM files, a folder of such folders, or a BIDS dataset.")
    var patients: String

    @Option(help: ArgumentHelp("Folder for the prepared patients.", valueName: "dir"))
    var out: String

    @Flag(help: "Make results again that are complete.")
    var overwrite = false

    @OptionGroup var preparation: PreparationOptions
    @OptionGroup var plan: PlanOptions
    @OptionGroup var part: PartOptions
    @OptionGroup var input: InputOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
        try startOrRefuse(talk) { console in
            try ProcessSettings.use(threads: threads.threads)
            var settings = RunSettings(mode: .prepare, patients: patients, output: out)
            (settings.layout, settings.overwrites) = (input.layout, overwrite)
            try part.apply(to: &settings)
            let runner = try PrepareRunner(settings, preparation.settings(input.patterns), console: console)
            if plan.plan { return try PlanOptions.print(runner.plan(), talk) }
            try conclude(runner.run(), talk)
        }
    }
}
