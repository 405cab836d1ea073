import ArgumentParser
import Patients
import Pipeline

extension Layout: ExpressibleByArgument {}

/// How patients are found.
struct InputOptions: ParsableArguments {
    @Option(help: "How the patients are laid out: \(Layout.allCases.map(\.rawValue).joined(separator: ", ")).")
    var layout = Layout.auto

    @OptionGroup private var files: PatternOptions

    var patterns: [FilePattern] { files.patterns }
}
