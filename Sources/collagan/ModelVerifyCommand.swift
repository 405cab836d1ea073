import ArgumentParser
import Pipeline

struct ModelVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare with golden tensors made elsewhere; prints relative L2 errors as JSON.",
        discussion: "Exit status 0 if all are within tolerance, else 1.")

    @Argument(help: "Weight file (safetensors).")
    var weights: String

    @Argument(help: "Golden tensors (safetensors).")
    var `case`: String

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var talk: TalkOptions

    func run() throws {
        try startOrRefuse(talk) { _ in
            try ProcessSettings.use(threads: threads.threads)
            let result = try ModelVerifier.verify(weights: weights, case: `case`)
            try printResult(result.json)
            if !result.passed { throw ExitCode(1) }
        }
    }
}
