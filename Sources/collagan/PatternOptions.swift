import ArgumentParser
import Patients

/// Which files are which contrast, where names do not say it.
struct PatternOptions: ParsableArguments {
    @Option(
        name: .customLong("pattern"),
        help: ArgumentHelp(
            """
            Which file is a contrast, 'brainmask' or 'lesion', e.g. T2='*_T2w_run-1*', or seen from the patient's folder \
            T2='anat/*T2w*'. Can be repeated.
            """,
            valueName: "contrast=glob"))
    var texts: [String] = []

    var patterns: [FilePattern] { texts.compactMap(FilePattern.init(argument:)) }

    func validate() throws {
        for text in texts where FilePattern(argument: text) == nil {
            throw ValidationError("'--pattern \(text)': write CONTRAST=GLOB, e.g. --pattern T2='*_T2w_run-1*'")
        }
    }
}
