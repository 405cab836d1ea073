import ArgumentParser
import CollaGAN
import Files
import Pipeline

/// Whether a command prepares raw scans before it goes on with them.
struct PrepareFirstOptions: ParsableArguments {
    @Flag(help: "The patients are raw scans: prepare them into DIR/prepared first, as the command prepare does.")
    var prepare = false

    @OptionGroup var preparation: PreparationOptions

    func validate() throws {
        if !prepare, preparation.reference != nil || preparation.brainCommand != nil {
            throw ValidationError("'--reference' and '--brain-command' go with --prepare")
        }
    }

    /// The run that prepares the patients of another one.
    /// - Parameters:
    ///   - settings: of the other run.
    ///   - contrasts: the model's.
    /// - Throws: `CollaGANError`.
    func runner(
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
            own, preparation.settings(settings.patterns, contrasts: contrasts), console: console)
    }
}
