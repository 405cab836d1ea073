import ArgumentParser
import CollaGAN
import Files
import Pipeline

/// Whether a command prepares raw scans before it goes on with them.
struct PrepareFirstOptions: ParsableArguments {
    @Flag(help: "The patients are raw scans: prepare them into DIR/prepared first, as the command prepare does.")
    var prepare = false

    @OptionGroup var preparation: PreparationOptions

    /// - Throws: `ValidationError` for options of preparing where nothing is prepared.
    func requirePrepare() throws {
        if !prepare, preparation.reference != nil || preparation.brainCommand != nil {
            throw ValidationError("'--reference' and '--brain-command' go with --prepare")
        }
    }

    /// Takes over what a pipeline file says and the command line does not.
    mutating func adopt(_ file: PipelineDefinition.Preprocess?) {
        prepare = prepare || file?.prepare == true
        preparation.reference = preparation.reference ?? file?.reference
        preparation.brainCommand = preparation.brainCommand ?? file?.brainCommand
    }

    /// What preparing came to.
    struct Outcome {
        /// The other run's, for what was prepared.
        let settings: RunSettings
        /// Nil where nothing was to be prepared.
        let manifest: RunManifest?
    }

    /// Prepares the patients of another run where that was asked for.
    /// - Parameters:
    ///   - settings: of the other run.
    ///   - contrasts: the model's.
    ///   - isPlan: whether it is only said what would be prepared.
    ///   - writesDICOM: whether the other run's images become series of the studies.
    /// - Returns: nil where there is nothing to go on with; that has been said then.
    /// - Throws: `ValidationError` for options of preparing where nothing is prepared; what preparing throws.
    func prepared(
        for settings: RunSettings, contrasts: [String], isPlan: Bool, writesDICOM: Bool = false, _ talk: TalkOptions,
        _ console: Console
    ) throws -> Outcome? {
        try requirePrepare()
        guard prepare else { return Outcome(settings: settings, manifest: nil) }
        let runner = try runner(before: settings, contrasts: contrasts, console: console)
        if isPlan {
            try PlanOptions.print(runner.plan(), talk)
            return nil
        }
        let manifest = try runner.run()
        // Where nobody could be prepared there is nothing to go on with.
        if manifest.counts["failed"] == manifest.patients.count {
            try conclude(manifest, talk)
            return nil
        }
        var settings = settings.afterPreparation(manifest)
        if writesDICOM { settings.copies.series = runner.referenceSeries() }
        return Outcome(settings: settings, manifest: manifest)
    }

    private func runner(
        before settings: RunSettings, contrasts: [String], console: Console
    ) throws(CollaGANError) -> PrepareRunner {
        guard settings.selection.part == nil, settings.selection.participants == nil else {
            throw CollaGANError(
                .badConfiguration, path: "--prepare",
                "--prepare: parts would see each other's half prepared patients; run prepare with --part or --participants"
                    + " first, then this on its folder")
        }
        var own = settings
        (own.mode, own.output, own.targets) = (.prepare, RunSettings.preparedFolder(in: settings.output), nil)
        return try PrepareRunner(
            own, preparation.settings(settings.patterns, contrasts: contrasts), excluding: settings.output,
            console: console)
    }
}
