import ArgumentParser
import Pipeline

struct ModelImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a weight file of a PyTorch state dictionary, as 'model export --format pytorch' writes it.")

    @Argument(help: "State dictionary (safetensors).")
    var file: String

    @Option(help: ArgumentHelp("Weight file to write; one of this name is replaced.", valueName: "file"))
    var out: String

    @Option(
        help: ArgumentHelp(
            "Weight file of the same contrasts and width whose description is taken where the state dictionary has none.",
            valueName: "file"))
    var like: String?

    @Option(help: "Name of the model. Default: as described.")
    var name: String?

    @OptionGroup var talk: TalkOptions

    func run() throws {
        try startOrRefuse(talk) { _ in
            let result = try ModelConversion.importing(file, like: like, name: name, to: out)
            if talk.json { try printJSON(result) } else { try printResult(result.text) }
        }
    }
}
