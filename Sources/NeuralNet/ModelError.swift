/// What can be wrong with a model, its weights or its training.
package struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case missing, malformed, unsupported, mismatch, unwritable, configuration, data, diverged, unanswered
    }

    package let code: Code
    /// The file concerned, empty where there is none.
    package let path: String
    /// One line: what, which file, why, what to do; control characters of names from outside are replaced.
    package let message: String

    package init(_ code: Code, _ path: String, _ message: String) {
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

    package var description: String { message }
}
