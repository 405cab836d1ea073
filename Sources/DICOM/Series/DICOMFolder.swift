import Files
import Foundation

/// The DICOM files below a folder, told by what they hold, put together to series.
package struct DICOMFolder: Sendable {
    /// Files beyond which a folder is no patient's.
    private static let mostFiles = 100_000
    private static let deepest = 12

    package let path: String
    /// By number, then by identifier.
    package let series: [DICOMSeries]
    /// Files that say they are DICOM and cannot be read, with the reason.
    package let unreadable: [DICOMError]

    /// Reads the header of every file; links to folders are not followed.
    /// - Throws: `DICOMError.Code.severalPatients`, or `.unreadable` where the folder cannot be listed.
    package init(_ path: String) throws(DICOMError) {
        self.path = path
        var (slices, unreadable): ([SliceHeader], [DICOMError]) = ([], [])
        for file in try Self.files(below: path) {
            do throws(DICOMError) {
                if let slice = try SliceHeader(file) { slices.append(slice) }
            } catch {
                unreadable.append(error)
            }
        }
        let patients = Set(slices.map(\.patient)).count
        let studies = Set(slices.map(\.study)).count
        guard patients <= 1, studies <= 1 else {
            let text = patients > 1 ? "\(patients) patients" : "\(studies) studies of one patient"
            throw DICOMError(
                .severalPatients, path: path,
                "holds DICOM files of \(text); put those of each \(patients > 1 ? "patient" : "study") into a folder"
                    + " of its own")
        }
        self.unreadable = unreadable
        series = Dictionary(grouping: slices, by: \.series).sorted { a, b in
            (a.value[0].number ?? .max, a.key) < (b.value[0].number ?? .max, b.key)
        }.map { DICOMSeries($0.value) }
    }

    /// Whether a file says it is DICOM.
    package static func isDICOM(_ path: String) -> Bool {
        guard let bytes = try? FileBytes(path), let mark = try? bytes.bytes(128, 4) ?? [] else { return false }
        return Array(mark) == Array("DICM".utf8)
    }

    /// The study of the first DICOM file below a folder, to be compared, never to be shown; the folder where none of them can be
    /// read; nil where there is none.
    package static func firstStudy(below path: String) -> String? {
        guard let files = try? files(below: path) else { return nil }
        var isDICOM = false
        for file in files {
            do throws(DICOMError) {
                if let slice = try SliceHeader(file) { return slice.study }
            } catch {
                isDICOM = true
            }
        }
        return isDICOM ? path : nil
    }

    private static func files(below path: String, depth: Int = 0) throws(DICOMError) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw DICOMError(.unreadable, path: path, "cannot be listed; check that it is there and may be read")
        }
        var files: [String] = []
        for name in names where !name.hasPrefix(".") {
            let file = "\(path)/\(name)"
            switch FileStatus(file, followsLinks: false)?.kind {
            case .regular: files.append(file)
            case .link where FileStatus(file)?.kind == .regular: files.append(file)
            case .folder where depth < deepest: files += try self.files(below: file, depth: depth + 1)
            default: continue
            }
            guard files.count <= mostFiles else {
                throw DICOMError(
                    .unreadable, path: path, "holds more than \(mostFiles) files; name a patient's folder")
            }
        }
        return files
    }
}
