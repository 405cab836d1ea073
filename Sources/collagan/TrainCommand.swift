import ArgumentParser
import CollaGAN
import Files
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

    @Flag(
        help: ArgumentHelp(
            "Share each step's samples with the other processes (ranks) that mpirun or srun started; the same bits for any number of them."
        ))
    var distributed = false

    @Option(
        help: ArgumentHelp(
            "With --distributed: give up, with exit status 75, where another rank does not answer for so long; default: 600.",
            valueName: "seconds"))
    var timeout: Int?

    @OptionGroup var wait: WaitOptions
    @OptionGroup var first: PrepareFirstOptions
    @OptionGroup var input: InputOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var talk: TalkOptions

    func validate() throws {
        if resume, overwrite { throw ValidationError("'--resume' and '--overwrite' exclude each other") }
        if first.prepare, distributed {
            throw ValidationError(
                "'--prepare' does not go with '--distributed': run collagan prepare first, then train on its folder")
        }
        try first.requirePrepare()
        if timeout != nil, !distributed { throw ValidationError("'--timeout' is for '--distributed'") }
        if let timeout, !(1...1_000_000).contains(timeout) {
            throw ValidationError("'--timeout \(timeout)': give a number from 1 to 1000000")
        }
    }

    func run() throws {
        try startOrRefuse(talk) { console in
            try ProcessSettings.use(threads: threads.threads)
            guard distributed else { return try runAlone(console) }
            let ranks = try RankGroup.started(timeout: timeout ?? 600)
            try runShared(ranks, ranks.isFirst ? console : Console(silent: true), console)
        }
    }

    private func runAlone(_ console: Console) throws {
        var settings = RunSettings(mode: .prepare, patients: patients, output: out)
        (settings.layout, settings.patterns, settings.waiting) = (input.layout, input.patterns, wait.waiting)
        if first.prepare { try TrainingRun.requireRoom(in: out, resumes: resume, overwrites: overwrite) }
        let contrasts = first.prepare ? try contrasts() : []
        guard
            let prepared = try first.prepared(
                for: settings, contrasts: contrasts, isPlan: false, talk, console)
        else { return }
        try end(with: train(nil, console, of: prepared.settings), console, isFirst: true)
        if prepared.manifest?.counts["failed"] != nil { throw ExitCode(1) }
    }

    /// What the training is of.
    private func contrasts() throws(CollaGANError) -> [String] {
        let model = try from.map { path throws(CollaGANError) in try ModelFile(path: path, option: "--from") }
        return try TrainingDefinition.load(config, from: model).configuration.contrasts
    }

    /// - Parameter silent: the first rank's console; a silent one elsewhere.
    private func runShared(_ ranks: RankGroup, _ console: Console, _ local: Console) throws {
        let outcome = Result { () throws(CollaGANError) in
            try ranks.requireSameProgram()
            return try train(ranks, console)
        }
        // The ranks end by themselves now. As soon as one has left with an error, the launcher ends the others by a signal: what is to be
        // said is said before the first leaves, and the signal changes nothing.
        _ = Interruption { _, _ in }
        switch outcome {
        case .success(let result) where result.isUnanswered:
            if !ranks.isFirst { local.error("rank \(ranks.rank): \(result.failure ?? "")") }
            throw ExitCode(laterStatus)
        case .success(let result):
            defer { ranks.finish() }
            var (status, failure): (Int32, (any Error)?) = (0, nil)
            do {
                try end(with: result, console, isFirst: ranks.isFirst)
            } catch {
                failure = error
                status = (error as? ExitCode)?.rawValue ?? 2
            }
            if ranks.isFirst, let failure = failure as? CollaGANError { console.error(failure.message) }
            status = try ranks.status(status)
            if status != 0 { throw ExitCode(status) }
        case .failure(let error) where error.code == .unanswered:
            if ranks.isFirst { throw error }
            local.error("rank \(ranks.rank): \(error.message)")
            throw ExitCode(laterStatus)
        case .failure(let error):
            // All have the same error, and the first tells it.
            if ranks.isFirst { console.error(error.message) }
            ranks.finish()
            throw ExitCode(error.status)
        }
    }

    /// - Parameter own: says where the patients are; nil for where the command line does.
    private func train(
        _ ranks: RankGroup?, _ console: Console, of own: RunSettings? = nil
    ) throws(CollaGANError) -> TrainingRun.Result {
        if wait.waiting > .zero { try TrainingFolder.wait(for: out, upTo: wait.waiting, ranks, console) }
        return try TrainingRun(
            patients: own?.patients ?? patients, configurationFile: config, from: from, output: out, cache: cache,
            ready: own?.ready,
            layout: own?.layout ?? input.layout, patterns: own?.patterns ?? input.patterns, resumes: resume,
            overwrites: overwrite,
            ranks: ranks, console: console
        ).run()
    }

    /// Prints the result, on the first rank, and turns it into the exit status.
    private func end(with result: TrainingRun.Result, _ console: Console, isFirst: Bool) throws {
        if talk.json, isFirst {
            try printJSON(result)
        } else if !talk.quiet, isFirst {
            try printResult(result.text)
        }
        if result.isUnanswered { throw ExitCode(laterStatus) }
        if result.divergence != nil || result.failure != nil { throw ExitCode(1) }
        if let status = result.interruption { throw ExitCode(status) }
        if !result.failed.isEmpty { throw ExitCode(1) }
    }
}
