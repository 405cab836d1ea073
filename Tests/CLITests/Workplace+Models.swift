import Foundation
import TestSupport
import Volumes

extension Workplace {
    /// The tiny model with other metadata; returns the path of the new file.
    func model(with metadata: [String: String]) throws -> String {
        let path = root.appending(path: "\(UUID().uuidString).safetensors").path
        try WeightFileSurgery.copy(model, to: path, metadata: metadata)
        return path
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
