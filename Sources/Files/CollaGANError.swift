/// Why a patient, a run or a configuration was refused: one line for the user.
package struct CollaGANError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of refusal it is.
    package enum Code: String, Sendable {
        /// A path that was named does not exist or cannot be read.
        case unreadable
        /// A folder in which no patient can be recognised.
        case noPatient
        /// Two files claim the same contrast, or two patients the same name.
        case ambiguous
        /// A patient with too few contrasts, or with images that cannot be used.
        case unusablePatient
        /// A configuration with an unknown key or a value out of range.
        case badConfiguration
        /// No model, or one that does not fit what was asked.
        case badModel
        /// A folder or file that cannot be written.
        case unwritable
        /// The folder of results takes no more files (disk or quota full, read-only, gone): no patient can be finished.
        case outputLost
        /// Another process is at work where this one wants to write; later it may be done.
        case busy
        /// Another process of a training on several does not answer; later the same command may do.
        case unanswered
        /// The system gives fewer threads or less address space than a run needs before its first patient.
        case tooLittle
    }

    package let code: Code
    /// The file or folder that it is about.
    package let path: String
    /// What, which file, why, what to do, on one line.
    package let message: String

    package init(_ code: Code, path: String, _ message: String) {
        (self.code, self.path) = (code, path)
        self.message = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    package var description: String { message }

    /// The message without the path that it begins with.
    package var text: String { message.hasPrefix("\(path): ") ? String(message.dropFirst(path.count + 2)) : message }
}
