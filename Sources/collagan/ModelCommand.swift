import ArgumentParser

struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Look at and check weight files.",
        subcommands: [ModelInfoCommand.self, ModelVerifyCommand.self])
}
