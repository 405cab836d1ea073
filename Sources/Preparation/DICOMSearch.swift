import DICOM
import Files
import Foundation
import Patients

/// Finds folders that hold a patient's DICOM files.
package struct DICOMSearch {
    /// Names that say only that DICOM files are in a folder.
    private static let containers: Set<String> = ["dicom", "dicoms", "dcm", "dicomdir", "images", "mr", "mri", "scans"]
    private static let deepest = 8

    /// Resolved path of a folder that is not looked into.
    private let excluded: String?

    package init(excluding folder: String?) { excluded = folder.map(FilePath.resolved) }

    /// The patients' folders: one that holds DICOM files, or folders of one study; else what its folders hold.
    /// - Parameter root: absolute.
    package func places(below root: String) -> [DICOMPlace] {
        visit(root, parts: [], depth: 0)
    }

    private func visit(_ path: String, parts: [String], depth: Int) -> [DICOMPlace] {
        let own = DICOMPlace(path, parts: parts.isEmpty ? [FilePath.name(path)] : parts)
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
            .filter { !$0.hasPrefix(".") }
        var folders: [(name: String, study: String)] = []
        for name in names {
            let place = "\(path)/\(name)"
            switch FileStatus(place, followsLinks: false)?.kind {
            case .folder:
                guard FilePath.resolved(place) != excluded, let study = DICOMFolder.firstStudy(below: place) else {
                    continue
                }
                folders.append((name, study))
            default:
                if DICOMFolder.isDICOM(place) { return [own] }
            }
        }
        guard depth < Self.deepest, let first = folders.first else { return folders.isEmpty ? [] : [own] }
        if folders.count == 1 {
            let isContainer = depth > 0 || Self.containers.contains(first.name.lowercased())
            let below = visit("\(path)/\(first.name)", parts: parts + [first.name], depth: depth + 1)
            return isContainer && below.count == 1 ? [own] : below
        }
        guard Set(folders.map(\.study)).count == folders.count else { return [own] }
        return folders.flatMap { visit("\(path)/\($0.name)", parts: parts + [$0.name], depth: depth + 1) }
    }
}
