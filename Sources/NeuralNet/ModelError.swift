/// What can be wrong with a model, its weights or its training.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case missing, malformed, unsupported, mismatch, unwritable, configuration, data, diverged
    }

    public let code: Code
    /// The file concerned, empty where there is none.
    public let path: String
    /// One line: what, which file, why, what to do; control characters of names from outside are replaced.
    public let message: String

    public init(_ code: Code, _ path: String, _ message: String) {
        (self.code, self.path) = (code, path)
        var line = String.UnicodeScalarView()
        for scalar in (path.isEmpty ? message : "\(path): \(message)").unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line.append("\u{FFFD}")
            default: line.append(scalar)
            }
        }
        self.message = String(line)
    }

    public var description: String { message }
}
