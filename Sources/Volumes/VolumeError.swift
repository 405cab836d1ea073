/// Why a volume could not be read or written.
package struct VolumeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of failure it is.
    package enum Code: String, Sendable, CaseIterable {
        /// There is nothing at the path.
        case notFound
        /// A folder, pipe or device.
        case notAFile
        /// The system does not let the file be read.
        case unreadable
        /// No NIfTI file at all.
        case notNIfTI
        /// The name does not say what the content is: `.nii` for plain, `.nii.gz` for gzip-compressed files.
        case wrongName
        /// The header contradicts itself or the standard.
        case invalidHeader
        /// A valid file of a kind that is not a single 3-D scalar image.
        case unsupported
        /// The file ends before its data do.
        case truncated
        /// The compressed data are damaged.
        case corrupt
        /// More voxels than can be held.
        case tooLarge
        /// Voxels that the file's datatype cannot hold.
        case unrepresentable
        /// The output could not be written.
        case unwritable
        /// The output could not be written: no room on the disk or in the quota.
        case diskFull
        /// What was written reads back differently.
        case verificationFailed
    }

    /// What kind of failure it is.
    package let code: Code
    /// The file it is about.
    package let path: String
    /// One line for the user: which file, what, why, what to do.
    package let message: String

    /// The same as ``message``.
    package var description: String { message }

    /// - Parameter text: follows the path, so it starts with a verb or a colon and ends with what to do, without a full stop.
    init(_ code: Code, _ path: String, _ text: String) {
        (self.code, self.path) = (code, path)
        let name = path.isEmpty ? "(empty path)" : path
        let separator = text.hasPrefix(":") ? "" : " "
        message = (name + separator + text).printable
    }
}

extension String {
    /// On one line whatever a file name or header text holds: what is no visible character becomes "?".
    var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory.isPrintable ? $0 : "?" }))
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isPrintable: Bool {
        switch self {
        case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate, .unassigned: false
        default: true
        }
    }
}
