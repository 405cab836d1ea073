import ArgumentParser
import Pipeline

struct PreprocessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preprocess",
        abstract: "Only normalise, reorient, resample and crop; write what the network would see.")

    @OptionGroup var options: RunOptions

    func run() throws {
        try startOrRefuse(options.talk) { console in
            let runner = try PreprocessRunner(
                options.settings(.impute), model: options.engine.modelFile(), console: console)
            try conclude(runner.run(), options.talk)
        }
    }
}
