import ArgumentParser
import Foundation
import Pipeline

/// Runs a command's work; a refusal becomes its one line on standard error and exit status 2.
///
/// The work outlives whoever read its output (`collagan … | head`).
func startOrRefuse(_ work: () throws -> Void) throws {
    signal(SIGPIPE, SIG_IGN)
    do {
        try work()
    } catch let error as PipelineError {
        Console().error(error.message)
        throw ExitCode(2)
    }
}

/// Writes to standard output.
func printResult(_ text: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
}

/// Writes a value to standard output as JSON.
func printJSON(_ value: some Encodable) throws {
    let data = try JSONFile.encode(value)
    try? FileHandle.standardOutput.write(contentsOf: data)
}

/// Says how a run ended and turns it into the exit status.
func conclude(_ manifest: RunManifest, scores: ScoreSummary? = nil, _ talk: TalkOptions) throws {
    if talk.json {
        try printJSON(manifest)
    } else if !talk.quiet {
        if let scores, !scores.isEmpty { printResult(scores.text()) }
        let parts = [RunManifest.Status.done, .skipped, .failed].map { status in
            "\(manifest.counts[status.rawValue, default: 0]) \(status.rawValue)"
        }
        printResult("\(parts.joined(separator: ", ")); results in \(manifest.output)")
    }
    if manifest.counts["failed", default: 0] > 0 { throw ExitCode(1) }
}
