import ArgumentParser
import Patients
import Pipeline

extension Layout: ExpressibleByArgument {}

/// How patients are found.
struct InputOptions: ParsableArguments {
    @Option(help: "How the patients are laid out: \(Layout.allCases.map(\.rawValue).joined(separator: ", ")).")
    var layout = Layout.auto

    @Option(
        name: .customLong("pattern"),
        help: ArgumentHelp(
            """
            Which file is a contrast, 'brainmask' or 'lesion', e.g. T2='*_T2w_run-1*', or seen from the patient's folder \
            T2='anat/*T2w*'. Can be repeated.
            """,
            valueName: "contrast=glob"))
    var patternTexts: [String] = []

    var patterns: [FilePattern] { patternTexts.compactMap(FilePattern.init(argument:)) }

    func validate() throws {
        for text in patternTexts where FilePattern(argument: text) == nil {
            throw ValidationError("'--pattern \(text)': write CONTRAST=GLOB, e.g. --pattern T2='*_T2w_run-1*'")
        }
    }
}
