import ArgumentParser
import Pipeline

struct PreprocessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preprocess",
        abstract: "Only normalise, reorient, resample and crop; write what the network would see.")

    @OptionGroup var options: RunOptions

    func run() throws {
        try startOrRefuse(options.talk) { console in
            let runner = try Runner(
                options.settings(.preprocess), model: options.computing.modelFile(), console: console)
            try conclude(PreprocessRunner(of: runner).run(), options.talk)
        }
    }
}
