import Files

/// Why DICOM files cannot be used: one line for the user.
package struct DICOMError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// A file that cannot be opened or read.
        case unreadable
        /// A file that says it is DICOM and contradicts itself, or ends too early.
        case malformed
        /// DICOM of a kind that is not read.
        case unsupported
        /// Files of several patients or studies in one folder.
        case severalPatients
        /// No series that can be used.
        case noSeries
        /// A series whose slices are missing, uneven, or of several volumes.
        case notOneVolume
        /// dcm2niix is not there or does not run.
        case noConverter
        /// dcm2niix failed, ran too long, or wrote something else than was asked for.
        case conversionFailed
        /// What was converted lies elsewhere than the tags say.
        case wrongGeometry
    }

    package let code: Code
    /// The file or folder that it is about.
    package let path: String
    /// What, which file, why, what to do, on one line.
    package let message: String

    package var description: String { message }

    /// No series that can be used.
    /// - Parameter verdicts: of every series, a line each.
    package static func noSeries(_ folder: String, _ verdicts: [String]) -> DICOMError {
        let shown = verdicts.prefix(4).joined(separator: "; ") + (verdicts.count > 4 ? "; …" : "")
        return DICOMError(
            .noSeries, path: folder,
            "no series can be used\(verdicts.isEmpty ? "" : " (\(shown))"); say which is which with --pattern"
                + " T1=series:NUMBER, or export the study again")
    }

    init(_ code: Code, path: String, _ text: String) {
        (self.code, self.path) = (code, path)
        message = "\(path): \(text)".onOneLine
    }
}
