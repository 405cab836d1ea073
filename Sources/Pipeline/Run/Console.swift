import Foundation
import Synchronization

/// Talk to people, on standard error. Progress is one line that is overwritten; off a terminal it is left out.
public final class Console: Sendable {
    private let isQuiet: Bool
    private let isTerminal: Bool
    private let hasProgressLine = Mutex(false)

    /// - Parameter quiet: only warnings and errors.
    public init(quiet: Bool = false) {
        isQuiet = quiet
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    /// What is going on.
    public func info(_ text: String) {
        if !isQuiet { line(text) }
    }

    /// What the user should know although the work goes on.
    public func warning(_ text: String) {
        line("warning: \(text)")
    }

    /// Why something was refused.
    public func error(_ text: String) {
        line("error: \(text)")
    }

    /// How far the work is; replaces the progress shown before.
    public func progress(_ text: String) {
        guard isTerminal, !isQuiet else { return }
        hasProgressLine.withLock {
            write("\r\u{1B}[K\(text.onOneLine)")
            $0 = true
        }
    }

    private func line(_ text: String) {
        hasProgressLine.withLock {
            write(($0 ? "\r\u{1B}[K" : "") + text.onOneLine + "\n")
            $0 = false
        }
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
