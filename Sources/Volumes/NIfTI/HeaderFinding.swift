/// What a check has to say about a file's header.
package struct HeaderFinding: Sendable, Equatable {
    /// How much it matters.
    package enum Severity: String, Sendable {
        /// The file is refused.
        case error
        /// The file is read, but something had to be assumed.
        case warning
        /// Worth knowing.
        case info
    }

    /// Name of the check, stable, in words joined by hyphens.
    package let check: String
    /// How much it matters.
    package let severity: Severity
    /// What is the matter, without the file's name; continues a sentence that starts with it.
    package let message: String
    /// What to do; empty where there is nothing to do.
    package let remedy: String

    /// For a user: message and remedy on one line.
    package var text: String { remedy.isEmpty ? message : "\(message); \(remedy)" }
}
