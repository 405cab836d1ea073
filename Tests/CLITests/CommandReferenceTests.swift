import Foundation
import Testing

/// The page about commands says what the program's help says.
struct CommandReferenceTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let page = "docs/reference/commands.md"
    private static let script = "Tests/command_reference.sh"

    @Test func thePageHoldsTheHelpOfEveryCommand() throws {
        let written = try String(contentsOf: Self.root.appending(path: Self.page), encoding: .utf8)
        let printed = try Self.printed()
        guard printed != written else { return }
        let lines = written.split(separator: "\n", omittingEmptySubsequences: false)
        let first = zip(printed.split(separator: "\n", omittingEmptySubsequences: false), lines).first { $0 != $1 }
        Issue.record(
            """
            \(Self.page) differs from the help. The help: \(first?.0 ?? "has another length"); the page: \
            \(first?.1 ?? "has another length"). Renew it: swift build -c release && \(Self.script) > \(Self.page)
            """)
    }

    /// A terminal of another width, or none, changes nothing.
    @Test func theWidthOfTheTerminalDoesNotMatter() throws {
        #expect(try Self.printed(columns: "40") == Self.printed(columns: "200"))
    }

    @Test func everyCommandIsFound() throws {
        let text = try Self.printed()
        for command in ["", " impute", " benchmark", " model verify"] {
            #expect(text.contains("\n## collagan\(command)\n"))
        }
    }

    private static func printed(columns: String = "80") throws -> String {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = root.appending(path: script)
        process.arguments = [CLI.program.path]
        process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": columns]) { $1 }
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }
}
