import ArgumentParser
import Pipeline

extension ModelConversion.Format: ExpressibleByArgument {}

struct ModelExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Hand the generator to other runtimes: an ONNX graph or a PyTorch state dictionary.",
        discussion: """
            The ONNX graph takes normalised slices: order of the contrasts, normalisation, licence and model card are in its \
            metadata. The state dictionary (safetensors) comes back by 'model import'.
            """)

    @Argument(help: "Weight file (safetensors).")
    var file: String

    @Option(help: ArgumentHelp("File to write; one of this name is replaced.", valueName: "file"))
    var out: String

    @Option(help: "\(ModelConversion.Format.allCases.map(\.rawValue).joined(separator: " or ")).")
    var format: ModelConversion.Format

    @Flag(help: "ONNX: batch, height and width are free. Default: one slice of the training crop.")
    var dynamic = false

    @Option(help: ArgumentHelp("Licence of the weights, for the metadata.", valueName: "name"))
    var licence: String?

    @OptionGroup var talk: TalkOptions

    func validate() throws {
        if dynamic, format != .onnx { throw ValidationError("'--dynamic' goes with --format onnx only") }
    }

    func run() throws {
        try startOrRefuse(talk) { _ in
            let result = try ModelConversion.export(
                ModelFile(path: file, option: "FILE"), as: format, isDynamic: dynamic, licence: licence, to: out)
            if talk.json { try printJSON(result) } else { try printResult(result.text) }
        }
    }
}
