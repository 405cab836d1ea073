import Foundation
import TestSupport

/// Runs the built program from a shell, where its surroundings matter: ignored signals, a terminal.
struct Shell {
    let status: Int32
    /// Standard output and standard error as they came.
    let text: String

    /// - Parameters:
    ///   - script: `"$0"` is the program, `"$1"` … are the arguments.
    ///   - sign: what its output contains when `action` is called with the process.
    init(_ script: String, _ arguments: [String], at sign: String? = nil, _ action: (pid_t) -> Void = { _ in }) throws {
        try self.init(
            command: ["/bin/sh", "-c", script, CLI.program.path] + arguments, at: sign, action)
    }

    /// The program where files may not become larger.
    /// - Parameter largestFile: in blocks of 512 bytes, POSIX's unit for `ulimit -f`.
    init(largestFile: Int, _ arguments: [String]) throws {
        try self.init("ulimit -f \(largestFile); exec \"$0\" \"$@\"", arguments)
    }

    /// The program on a terminal of so many columns.
    init(columns: Int, _ arguments: [String]) throws {
        let words = ([CLI.program.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        try self.init(
            command: [Self.terminalMaker, "-qec", "stty cols \(columns) rows 24 && exec \(words)", "/dev/null"])
    }

    /// Lines that report an error.
    var errorLines: [String] { text.split(separator: "\n").map(String.init).filter { $0.contains("rror: ") } }

    /// script(1): gives a program a terminal.
    static let terminalMaker = "/usr/bin/script"
    static let hasTerminals = FileManager.default.isExecutableFile(atPath: terminalMaker)

    private init(command: [String], at sign: String? = nil, _ action: (pid_t) -> Void = { _ in }) throws {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        var (text, isDone) = ("", false)
        while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
            text += String(decoding: data, as: UTF8.self)
            if let sign, !isDone, text.contains(sign) {
                isDone = true
                action(process.processIdentifier)
            }
        }
        process.waitUntilExit()
        (status, self.text) = (process.terminationStatus, text)
    }
}
