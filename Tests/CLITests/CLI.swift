import Foundation
import TestSupport

/// Runs the built program and shows what it did.
struct CLI {
    let status: Int32
    let output: String
    let errors: String

    /// The program lies beside the executable that runs the tests.
    static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "collagan")

    /// - Parameter other: another program than the one under test.
    init(
        _ arguments: [String], environment: [String: String] = [:], program other: URL? = nil, in folder: URL? = nil
    ) throws {
        let (process, files) = try Self.prepared(arguments, environment, folder)
        process.executableURL = other ?? Self.program
        defer { files.remove() }
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        (output, errors) = (try files.text("out"), try files.text("err"))
    }

    /// Runs the program and sends it a signal once its standard error contains `sign`.
    init(_ arguments: [String], interruptedAt sign: String, by signal: Int32 = SIGINT) throws {
        try self.init(arguments, at: sign) { _ = kill($0, signal) }
    }

    /// Interrupts a run of more and more patients until the signal finds it at work: a quick machine may be through before.
    /// - Parameter run: makes a workplace with so many patients, runs and interrupts.
    static func caught<Place>(
        from count: Int, _ run: (_ patients: Int) throws -> (Place, CLI)
    ) throws -> (place: Place, run: CLI) {
        for doubling in 0..<3 {
            let result = try run(count << doubling)
            if result.1.status != 0 { return result }
        }
        return try run(count << 3)
    }

    /// Runs the program and does something once its standard error contains `sign`.
    init(_ arguments: [String], at sign: String, _ action: (pid_t) throws -> Void) throws {
        let (process, files) = try Self.prepared(arguments, [:], nil)
        defer { files.remove() }
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        var (text, isSent) = ("", false)
        while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
            text += String(decoding: data, as: UTF8.self)
            if !isSent, text.contains(sign) {
                isSent = true
                try action(process.processIdentifier)
            }
        }
        process.waitUntilExit()
        status = process.terminationStatus
        (output, errors) = (try files.text("out"), text)
    }

    /// Stops a process and returns once all its threads stand still.
    static func suspend(_ process: pid_t) throws {
        kill(process, SIGSTOP)
        func isRunning(_ thread: String) -> Bool {
            let status = try? String(contentsOfFile: "/proc/\(process)/task/\(thread)/stat", encoding: .utf8)
            let state = status?.split(separator: ")").last?.split(separator: " ").first
            return state.map { !"TtZX".contains($0) } ?? false
        }
        while try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").contains(where: isRunning) {
            sched_yield()
        }
    }

    /// Lines of standard error that report an error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init).filter { $0.contains("rror: ") } }

    /// Standard output as a JSON object.
    func json() throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }

    private struct Files {
        let folder: URL

        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        }

        func remove() { try? FileManager.default.removeItem(at: folder) }
    }

    private static func prepared(
        _ arguments: [String], _ environment: [String: String], _ folder: URL?
    ) throws -> (Process, Files) {
        let files = Files(folder: try Fixtures.temporaryFolder())
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        for name in ["out", "err"] {
            let url = files.folder.appending(path: name)
            try Data().write(to: url)
            let handle = try FileHandle(forWritingTo: url)
            if name == "out" { process.standardOutput = handle } else { process.standardError = handle }
        }
        return (process, files)
    }
}
