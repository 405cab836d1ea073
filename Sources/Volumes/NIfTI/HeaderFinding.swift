/// What a check has to say about a file's header.
public struct HeaderFinding: Sendable, Equatable {
    /// How much it matters.
    public enum Severity: String, Sendable {
        /// The file is refused.
        case error
        /// The file is read, but something had to be assumed.
        case warning
        /// Worth knowing.
        case info
    }

    /// Name of the check, stable, in words joined by hyphens.
    public let check: String
    /// How much it matters.
    public let severity: Severity
    /// What is the matter, without the file's name; continues a sentence that starts with it.
    public let message: String
    /// What to do; empty where there is nothing to do.
    public let remedy: String

    /// For a user: message and remedy on one line.
    public var text: String { remedy.isEmpty ? message : "\(message); \(remedy)" }
}
