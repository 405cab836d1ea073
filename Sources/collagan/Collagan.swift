import ArgumentParser
import Files
import Pipeline

/// The program: one command per file, each thin over a call into `Pipeline`.
@main
struct Collagan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Software.name,
        abstract: "Fills in the MRI contrast that a patient's scan lacks.",
        discussion: """
            PATIENTS is one patient's folder, a folder of patient folders, or a BIDS dataset.
            Exit status: 0 all done; 1 some patients failed, the rest is complete; 2 nothing could start; 64 wrong usage;
            75 another process is at work on the same.
            """,
        version: "\(Software.name) \(Software.version)",
        subcommands: [
            PrepareCommand.self, ImputeCommand.self, EvaluateCommand.self, TrainCommand.self, RunCommand.self,
            PreprocessCommand.self, CollectCommand.self, BIDSCommand.self, MetricsCommand.self, InspectCommand.self,
            ModelCommand.self, BenchmarkCommand.self,
        ])

    /// An environment in which the engine cannot do what it is told is wrong usage, whatever the command.
    static func main() {
        do {
            try ProcessSettings.checkInstructionSet()
        } catch {
            Console().error(error.message)
            exit(withError: ExitCode.validationFailure)
        }
        main(nil)
    }
}
