import ArgumentParser
import Pipeline

/// What the commands share that work through patients into a folder.
struct RunOptions: ParsableArguments {
    @Argument(help: "A patient's folder, a folder of patient folders, or a BIDS dataset.")
    var patients: String

    @Option(help: ArgumentHelp("Folder for the results.", valueName: "dir"))
    var out: String

    @Flag(help: "Make results again that are complete.")
    var overwrite = false

    @OptionGroup var part: PartOptions
    @OptionGroup var input: InputOptions
    @OptionGroup var computing: ComputingOptions
    @OptionGroup var talk: TalkOptions

    /// - Throws: `CollaGANError` where a list of participants cannot be read.
    func settings(_ mode: RunSettings.Mode) throws -> RunSettings {
        var settings = RunSettings(mode: mode, patients: patients, output: out)
        (settings.layout, settings.patterns, settings.overwrites) = (input.layout, input.patterns, overwrite)
        settings.memory = computing.memory.limit
        try part.apply(to: &settings)
        return settings
    }

    /// Imputes or evaluates and prints what came of it; no `targets` means all that the mode asks for.
    /// - Parameters:
    ///   - source: of which a model of one input makes all.
    ///   - isPlan: whether nothing is done but saying what would be.
    func run(
        _ mode: RunSettings.Mode, targets: [String], source: String? = nil, subsets: Bool = true,
        precision: PrecisionOptions, first: PrepareFirstOptions, copies: CopyOptions? = nil, isPlan: Bool
    ) throws {
        try startOrRefuse(talk) { console in
            var settings = try settings(mode)
            settings.targets = targets.isEmpty ? nil : targets
            settings.evaluatesSubsets = subsets
            settings.precision = precision.precision
            let model = try computing.modelFile().using(source: source)
            let contrasts = model.description.contrasts
            settings.copies.space = try copies?.contrast(among: contrasts)
            guard
                let prepared = try first.prepared(
                    for: settings, contrasts: contrasts, isPlan: isPlan, writesDICOM: copies?.dicom ?? false, talk,
                    console)
            else { return }
            let runner = try Runner(prepared.settings.namingTargets(contrasts), model: model, console: console)
            if isPlan { return try PlanOptions.print(runner.plan(), talk) }
            let result = try runner.run()
            try conclude(
                result.manifest, after: [prepared.manifest], scores: result.scores, subsets: result.subsets, talk)
        }
    }
}
