import DICOM
import Files
import Foundation
import Patients
import Records
import Volumes

/// The hashes of a patient's files and the fingerprint of all that a prepared patient depends on.
package struct RawHashes: Sendable {
    package let records: [InputRecord]
    package let fingerprint: String
    /// What the system said of each file before it was hashed.
    private let states: [(path: String, state: FileStatus?)]

    /// - Parameter reads: false leaves the files alone; the hashes then mean nothing.
    /// - Throws: `CollaGANError.Code.unreadable`.
    package init(
        _ raw: RawPatient, _ settings: PreparationSettings, reads: Bool = true
    ) throws(CollaGANError) {
        var states: [(String, FileStatus?)] = []
        func hash(_ path: String) throws(CollaGANError) -> String {
            states.append((path, FileStatus(path)))
            return reads ? try FileHash.sha256(path) : ""
        }
        func record(_ role: String, _ file: String, _ sha256: String, _ grid: Grid?) -> InputRecord {
            InputRecord(
                role: role, file: file, sha256: sha256, size: grid.map { [$0.size.x, $0.size.y, $0.size.z] } ?? [],
                spacing: grid.map { grid in (0..<3).map { (grid.spacing[$0] * 1e6).rounded() / 1e6 } } ?? [],
                orientation: grid?.orientationCode ?? "", scales: nil)
        }
        var records: [InputRecord] = []
        for contrast in raw.contrasts {
            switch contrast.source {
            case .file(let path):
                records.append(record(contrast.name, FilePath.name(path), try hash(path), contrast.grid))
            case .series(let series):
                // In an order that no file name has a part in.
                let all = try series.slices.map { slice throws(CollaGANError) in try hash(slice.path) }.sorted()
                let sum = FileHash.sha256(of: Data(all.joined(separator: "\n").utf8))
                records.append(record(contrast.name, series.name, sum, contrast.grid))
            }
        }
        for (role, file) in [("brainmask", raw.brainMask), ("lesion", raw.lesion)] {
            guard let file else { continue }
            let grid = try? NIfTIFile.readHeader(file).grid
            records.append(record(role, FilePath.name(file), try hash(file), grid))
        }
        let lines =
            settings.fingerprint + [Software.version] + records.map { "\($0.role) \($0.sha256) \($0.file)" }
            + (raw.series ?? []).map(\.text) + raw.warnings.map(\.text)
        (self.records, self.states) = (records, states.map { (path: $0.0, state: $0.1) })
        fingerprint = FileHash.sha256(of: Data(lines.joined(separator: "\n").utf8))
    }

    /// Makes sure that what was read after the hashes were taken has these hashes.
    /// - Throws: `CollaGANError.Code.unreadable` if a file was changed, replaced or removed since.
    package func confirmUnchanged() throws(CollaGANError) {
        for (path, state) in states where FileStatus(path) != state {
            throw CollaGANError(
                .unreadable, path: path,
                "\(path): was changed or removed while the patient was worked on; run again once nothing changes the"
                    + " folder any more")
        }
    }
}
