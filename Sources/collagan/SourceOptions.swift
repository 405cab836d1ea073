import ArgumentParser
import CollaGAN

/// What a model of one input makes contrasts of.
struct SourceOptions: ParsableArguments {
    private static let help = """
        For a model of one input (\(methods)): make all of this contrast. Default: for each patient the first of the \
        model's list that is there, the best on its training patients.
        """

    private static let methods = MethodName.allCases.filter { $0.kind.takesOneInput }.map(\.rawValue)
        .joined(separator: ", ")

    @Option(help: ArgumentHelp("\(SourceOptions.help)", valueName: "contrast"))
    var from: String?
}
