import Foundation
import TestSupport
import Testing

/// What cannot be printed is told; a reader that leaves is not.
struct StandardOutputTests {
    private static let full = "/dev/full"
    private static let commands: [[String]] = [
        ["inspect", "in/p", "--json"], ["inspect", "in/p"], ["model", "info", "model", "--json"],
        ["model", "info", "model"], ["metrics", "in/p/T1.nii.gz", "in/p/T2.nii.gz"],
        ["benchmark", "--ngf", "4", "--size", "16", "--batch", "1", "--repeats", "1", "--json"],
        ["impute", "in", "--out", "out", "--model", "model", "--plan", "--json"],
        ["impute", "in", "--out", "out", "--model", "model", "--json"],
        ["impute", "in", "--out", "out", "--model", "model"],
        ["evaluate", "in", "--out", "out", "--model", "model", "--json"],
        ["preprocess", "in", "--out", "out", "--model", "model", "--json"],
    ]

    /// Paths below the workplace in place of the words that stand for them.
    private func place(_ command: [String]) throws -> (work: Workplace, arguments: [String]) {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p"))
        let arguments = command.enumerated().map { index, word in
            if word == "model" { return index == 0 ? word : work.model }
            return ["in", "out"].contains(word) || word.hasPrefix("in/") ? work.path(word) : word
        }
        return (work, arguments)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: full)), arguments: commands)
    func aFullDeviceIsExit2WithOneLine(_ command: [String]) throws {
        let (work, arguments) = try place(command)
        let run = try Shell("exec \"$0\" \"$@\" > \(Self.full)", arguments)
        #expect(run.status == 2, "\(run.text)")
        #expect(run.errorLines.count == 1, "\(run.text)")
        let start = "error: standard output: the result cannot be written (No space left on device); "
        #expect(run.errorLines.first?.hasPrefix(start) == true, "\(run.text)")
        guard command[0] == "impute", !command.contains("--plan") else { return }
        #expect(try work.statuses("out") == ["p": "done"], "what is in the folder is complete")
        #expect(work.exists("out/report.html"))
    }

    @Test func aClosedOutputIsNoFilesPlace() throws {
        let (work, arguments) = try place(["impute", "in", "--out", "out", "--model", "model", "--json"])
        let run = try Shell("exec \"$0\" \"$@\" >&-", arguments)
        #expect(run.status == 2 && run.errorLines.count == 1, "\(run.text)")
        #expect(run.text.contains("standard output: the result cannot be written (Bad file descriptor)"), "\(run.text)")
        #expect(try work.statuses("out") == ["p": "done"])
        // Without anything to print there is nothing to miss.
        #expect(try Shell("exec \"$0\" \"$@\" <&- >&- 2>&-", arguments.dropLast() + ["--quiet"]).status == 0)
    }

    /// A pipe that nobody reads any more when the program starts.
    @Test(arguments: commands) func aReaderThatLeavesChangesNothing(_ command: [String]) throws {
        let (work, arguments) = try place(command)
        let pipe = work.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let run = try Shell("exec 3<> '\(pipe)' 4> '\(pipe)' 3<&-; exec \"$0\" \"$@\" >&4", arguments)
        #expect(run.status == 0, "\(run.text)")
        #expect(run.errorLines.isEmpty && !run.text.contains("ipe:"), "\(run.text)")
    }

    @Test func aPatientThatFailsIsExit1WithoutAReaderToo() throws {
        let (work, arguments) = try place(["impute", "in", "--out", "out", "--model", "model"])
        try Phantom.write(["T1"], to: work.root.appending(path: "in/q"))
        try Data("x".utf8).write(to: work.root.appending(path: "in/q/T2.nii.gz"))
        let pipe = work.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let run = try Shell("exec 3<> '\(pipe)' 4> '\(pipe)' 3<&-; exec \"$0\" \"$@\" >&4", arguments)
        #expect(run.status == 1 && run.errorLines.count == 1, "\(run.text)")
    }
}
