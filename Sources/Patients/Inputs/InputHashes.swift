import Files
import Foundation

/// The hashes of a patient's files and the fingerprint of everything a result depends on.
package struct InputHashes: Sendable {
    /// What the user is told of files that were left out: part of every result.
    private let warnings: [String]
    /// The patient's files in the order of `PatientInputs.files`, each with its SHA-256.
    package let files: [(file: PatientInputs.File, sha256: String)]
    /// What the system said of each file before it was hashed.
    private let states: [FileStatus?]

    /// - Parameter reads: false leaves the files alone; the hashes are then empty.
    /// - Throws: `CollaGANError.Code.unreadable`.
    package init(_ inputs: PatientInputs, reads: Bool = true) throws(CollaGANError) {
        warnings = inputs.patient.warnings
        states = inputs.files.map { FileStatus($0.path) }
        files = try inputs.files.map { file throws(CollaGANError) in
            (file, reads ? try FileHash.sha256(file.path) : "")
        }
    }

    /// Makes sure that what was read after the hashes were taken has these hashes.
    /// - Throws: `CollaGANError.Code.unreadable` if a file was changed, replaced or removed since.
    package func confirmUnchanged() throws(CollaGANError) {
        for (file, state) in zip(files.map(\.file), states) where FileStatus(file.path) != state {
            let isThere = FilePath.isRegularFile(file.path)
            throw CollaGANError(
                .unreadable, path: file.path,
                "\(file.path): was \(isThere ? "changed" : "removed") while the patient was worked on; run again once nothing"
                    + " changes the folder any more")
        }
    }

    /// SHA-256 over the inputs, their names, what was left out and the words given; equal if and only if the result would
    /// be the same, but for the last bits in which instruction sets differ.
    package func fingerprint(_ settings: [String]) -> String {
        let inputs = files.map { "\($0.file.role) \($0.sha256) \(FilePath.name($0.file.path))" }
        let lines = settings + [Software.version] + inputs + warnings
        return FileHash.sha256(of: Data(lines.joined(separator: "\n").utf8))
    }

    /// The rows for the records.
    package func records(_ headers: PatientHeaders, scales: [String: IntensityScales]) -> [InputRecord] {
        files.map { file, sha256 in
            let header =
                switch file.role {
                case "brainmask": headers.brainMask
                case "lesion": headers.lesion
                default: zip(headers.patient.contrasts, headers.contrasts).first { $0.0 == file.path }?.1
                }
            let grid = header?.grid
            return InputRecord(
                role: file.role, file: FilePath.name(file.path), sha256: sha256,
                size: grid.map { [$0.size.x, $0.size.y, $0.size.z] } ?? [],
                spacing: grid.map { grid in (0..<3).map { (grid.spacing[$0] * 1e6).rounded() / 1e6 } } ?? [],
                orientation: grid?.orientationCode ?? "", scales: scales[file.role])
        }
    }
}
