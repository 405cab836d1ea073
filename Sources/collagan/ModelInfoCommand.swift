import ArgumentParser
import Pipeline

struct ModelInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "info", abstract: "What a weight file is.")

    @Argument(help: "Weight file (safetensors).")
    var file: String

    @OptionGroup var talk: TalkOptions

    func run() throws {
        try startOrRefuse(talk) { _ in
            let information = ModelInformation(try ModelFile(path: file))
            if talk.json { try printJSON(information) } else { try printResult(information.text()) }
        }
    }
}
