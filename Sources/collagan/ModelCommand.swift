import ArgumentParser

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Look at, check and convert weight files.",
        subcommands: [
            ModelInfoCommand.self, ModelVerifyCommand.self, ModelExportCommand.self, ModelImportCommand.self,
        ])
}
