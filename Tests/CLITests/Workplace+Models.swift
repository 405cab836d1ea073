import Foundation
import Volumes

extension Workplace {
    /// The tiny model with other metadata; returns the path of the new file.
    func model(with metadata: [String: String]) throws -> String {
        let source = try Data(contentsOf: URL(filePath: model))
        let length = source.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        var header = try JSONSerialization.jsonObject(with: source[8..<8 + length]) as? [String: Any] ?? [:]
        let old = header["__metadata__"] as? [String: String] ?? [:]
        header["__metadata__"] = old.merging(metadata) { $1 }
        var text = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
        text.append(Data(repeating: 0x20, count: (8 - text.count % 8) % 8))
        let size = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
        let url = root.appending(path: "\(UUID().uuidString).safetensors")
        try (size + text + source[(8 + length)...]).write(to: url)
        return url.path
    }
}

extension Phantom {
    /// Writes a box inside the brain as `seg.nii.gz`.
    static func writeLesion(to folder: URL) throws {
        var lesion = Volume(grid: grid(), voxels: [Float](repeating: 0, count: grid().count))
        for (i, j) in (16..<24).flatMap({ i in (18..<28).map { (i, $0) } }) { lesion[i, j, 2] = 1 }
        try NIfTIFile.write(lesion, to: folder.appending(path: "seg.nii.gz").path)
    }

    /// Writes a volume without any number.
    static func writeNaN(_ contrast: String, to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let volume = Volume(grid: grid(), voxels: [Float](repeating: .nan, count: grid().count))
        try NIfTIFile.write(volume, to: folder.appending(path: "\(contrast).nii.gz").path)
    }
}
