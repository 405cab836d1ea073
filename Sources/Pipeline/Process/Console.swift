import Files
import Foundation
import Patients
import Tensors

/// Talk to people, on standard error, and line by line into a log file. Progress is one line that is overwritten; off a terminal and in the
/// log it is left out.
package final class Console: Sendable {
    private struct State {
        var hasProgressLine = false
        var lastProgress: ContinuousClock.Instant?
        var hasLostLog = false
    }

    private struct Log {
        let path: String
        let file: FileHandle

        /// Adds a line; `errno` says why not.
        func append(_ text: String) -> Bool {
            AtomicFile.append(Data("\(Wording.now()) \(text)\n".utf8).bytes, to: file.fileDescriptor)
        }
    }

    /// Progress is shown at most that often.
    private static let progressInterval = Duration.milliseconds(100)

    private let isQuiet: Bool
    private let isSilent: Bool
    private let isTerminal: Bool
    private let log: Log?
    private let state = Locked(State())

    /// - Parameters:
    ///   - quiet: only warnings and errors.
    ///   - silent: not even those.
    package init(quiet: Bool = false, silent: Bool = false) {
        (isQuiet, isSilent, log) = (quiet || silent, silent, nil)
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    /// - Parameters:
    ///   - quiet: only warnings and errors on standard error.
    ///   - log: file that gets every line with its time (ISO 8601, UTC) in front, after what it holds already. Where it
    ///     takes no more, that is said once, and the work goes on without it.
    /// - Throws: `CollaGANError.Code.unwritable`.
    package init(quiet: Bool, log path: String) throws(CollaGANError) {
        guard !ImageName.isImage(FilePath.name(path)) else {
            throw CollaGANError(
                .badConfiguration, path: path, "\(path): has the name of an image; give another --log file")
        }
        (isQuiet, isSilent) = (quiet, false)
        isTerminal = isatty(STDERR_FILENO) == 1
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o644)
        guard file >= 0 else {
            throw CollaGANError(
                .unwritable, path: path,
                "\(path): the log cannot be written (\(Wording.reason())); give another --log file")
        }
        log = Log(path: path, file: FileHandle(fileDescriptor: file, closeOnDealloc: true))
    }

    /// What is going on.
    package func info(_ text: String) {
        line(text, isShown: !isQuiet)
    }

    /// What the user should know although the work goes on.
    package func warning(_ text: String) {
        line("warning: \(text)", isShown: true)
    }

    /// Why something was refused.
    package func error(_ text: String) {
        line("error: \(text)", isShown: true)
    }

    /// How far the work is; replaces the progress shown before.
    package func progress(_ text: String) {
        progress { text.onOneLine.fitted(to: $0) }
    }

    /// How far a run is.
    func progress(_ line: ProgressLine) {
        progress { line.text(columns: $0) }
    }

    private func progress(_ text: (_ columns: Int) -> String) {
        guard isTerminal, !isQuiet else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.lastProgress, state.hasProgressLine, now - last < Self.progressInterval { return }
            // A full last column would wrap.
            write("\r\u{1B}[K\(text(Self.columns() - 1))")
            (state.hasProgressLine, state.lastProgress) = (true, now)
        }
    }

    private func line(_ text: String, isShown: Bool) {
        let text = text.onOneLine
        state.withLock { state in
            if let log, !state.hasLostLog, !log.append(text) {
                let lost = "the log could not be written (\(Wording.reason())); the run goes on without it"
                state.hasLostLog = true
                show("warning: \(log.path): \(lost)".onOneLine, &state)
            }
            if isShown, !isSilent { show(text, &state) }
        }
    }

    private func show(_ line: String, _ state: inout State) {
        write((state.hasProgressLine ? "\r\u{1B}[K" : "") + line + "\n")
        state.hasProgressLine = false
    }

    private static func columns() -> Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
