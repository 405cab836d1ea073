import ArgumentParser
import Foundation
import Pipeline

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model on patients.",
        discussion: """
            Writes DIR/model.safetensors, with validation patients DIR/best.safetensors, DIR/train-report.html, DIR/training.jsonl,
            DIR/split.json and DIR/checkpoints, and the prepared patients into DIR/cache. Stopped or killed, it goes on with --resume,
            to the same weights as without a stop.
            """)

    @Argument(help: "A folder of patient folders, or a BIDS dataset.")
    var patients: String

    @Option(help: ArgumentHelp("Training configuration.", valueName: "file.yaml"))
    var config: String

    @Option(
        help: ArgumentHelp(
            "Weight file of the model to start from; what the configuration leaves out is as there. Default: start from nothing.",
            valueName: "file"))
    var from: String?

    @Option(help: ArgumentHelp("Folder for model and checkpoint.", valueName: "dir"))
    var out: String

    @Option(
        help: ArgumentHelp(
            "Folder for prepared patients, which several trainings may share; default: DIR/cache.", valueName: "dir"))
    var cache: String?

    @Flag(help: "Go on from the last checkpoint that is sound.")
    var resume = false

    @Flag(help: "Start anew although the folder holds a checkpoint.")
    var overwrite = false

    @OptionGroup var input: InputOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        if resume, overwrite { throw ValidationError("'--resume' and '--overwrite' exclude each other") }
    }

    func run() throws {
        try startOrRefuse(talk) { console in
            try ProcessSettings.use(threads: threads.threads)
            let training = try TrainingRun(
                patients: patients, configurationFile: config, from: from, output: out, cache: cache,
                layout: input.layout, patterns: input.patterns, resumes: resume, overwrites: overwrite,
                console: console)
            let result = try training.run()
            if talk.json {
                try printJSON(result)
            } else if !talk.quiet {
                try printResult(result.text)
            }
            if result.divergence != nil || result.failure != nil { throw ExitCode(1) }
            if let status = result.interruption { throw ExitCode(status) }
            if !result.failed.isEmpty { throw ExitCode(1) }
        }
    }
}
