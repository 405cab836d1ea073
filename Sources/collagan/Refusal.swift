import ArgumentParser
import Files
import Foundation
import Pipeline
import Records

/// EX_TEMPFAIL of sysexits.h: later the same command may do.
let laterStatus: Int32 = 75

/// Runs a command's work; a refusal becomes its one line on standard error and exit status 2, or 75 where another process is at work or one of several
/// that share the work is lost.
///
/// The work outlives whoever read its output (`collagan … | head`). A signal at a moment when nothing has been begun ends it with one line.
/// - Parameter work: is handed who talks to the user.
func startOrRefuse(_ talk: TalkOptions, _ work: (Console) throws -> Void) throws {
    // No file that is opened may take the place of an output that is closed.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
        _ = open("/dev/null", O_RDONLY)
    }
    signal(SIGPIPE, SIG_IGN)
    // A limit on the size of files is then an error of the write.
    signal(SIGXFSZ, SIG_IGN)
    var console = Console()
    do {
        // Before the first signal is waited for, which takes threads, too.
        try ProcessSettings.requireThreads()
        console = try talk.console
        Interruption.catchSignals()
        let interruption = Interruption(isFallback: true) { [console] _, leave in
            console.error("interrupted; run the same command again")
            leave()
        }
        defer { interruption.end() }
        try work(console)
    } catch let error as CollaGANError {
        console.error(error.message)
        // At an ordinary exit a library would wait for its threads that still wait for memory.
        if error.code == .tooLittle { _exit(2) }
        throw ExitCode(error.status)
    }
}

/// Says how a run ended and turns it into the exit status.
/// - Parameter others: that went before it, whose failures count.
func conclude(
    _ manifest: RunManifest, after others: [RunManifest?] = [], scores: ScoreSummary? = nil,
    subsets: SubsetSummary? = nil, _ talk: TalkOptions
) throws {
    if talk.json {
        // `run.json` and, where subsets were evaluated, `subsets.json` under the key `subsets`.
        var fields = try manifest.fields()
        if let subsets, !subsets.isEmpty { fields["subsets"] = [try JSONFile.fragment(subsets)] }
        try printResult(JSONFile.object(fields).joined())
    } else if !talk.quiet {
        if let scores, !scores.isEmpty { try printResult(scores.text()) }
        if let text = subsets?.text(), !text.isEmpty { try printResult("\n\(text)\n\n") }
        try printResult(manifest.summary)
    }
    if ([manifest] + others).contains(where: { $0?.counts["failed"] != nil }) { throw ExitCode(1) }
}

extension CollaGANError {
    /// The exit status that it makes.
    var status: Int32 { code == .busy || code == .unanswered ? laterStatus : 2 }
}
