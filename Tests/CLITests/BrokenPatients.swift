import Foundation
import Patients
import TestSupport
import Volumes

/// Fifteen ways in which a patient's T2 can be unusable, and what the reason must say.
enum BrokenPatients {
    static let reasons = [
        "cut": "truncated", "damaged": "damaged", "text": "holds text, no image", "empty": "empty",
        "apart": "does not overlap",
        "zeros": "no voxel above 0", "nan": "no voxel above 0", "dangling": "which is not there", "pipe": "pipe",
        "device": "device",
        "constant": "same value", "series": "5 volumes", "huge": "more than the limit", "twice": "two files for T2",
        "maskless": "brainmask.nii.gz",
    ]

    /// Spoils the T2 of a patient of `Phantom`.
    static func spoil(_ kind: String, _ folder: URL) throws {
        let t2 = folder.appending(path: "T2.nii.gz")
        var volume = Phantom.volume("T2")
        func replace(_ bytes: [UInt8]) throws { try Data(bytes).write(to: t2) }
        switch kind {
        case "cut": try Data(contentsOf: t2).prefix(2000).write(to: t2)
        case "damaged":
            var bytes = [UInt8](try Data(contentsOf: t2))
            bytes[bytes.count - 6] ^= 0x55
            try replace(bytes)
        case "text": try replace(Array("Patient moved, no image.\n".utf8))
        case "empty": try replace([])
        case "apart":
            try NIfTIFile.write(Phantom.volume("T2", grid: Phantom.grid(origin: SIMD3(500, 500, 500))), to: t2.path)
        case "zeros", "constant":
            volume.voxels = volume.voxels.map { kind == "zeros" || $0 == 0 ? 0 : 7 }
            try NIfTIFile.write(volume, to: t2.path)
        case "nan":
            volume.voxels = volume.voxels.map { _ in .nan }
            try NIfTIFile.write(volume, to: t2.path)
        case "dangling", "device", "pipe":
            try FileManager.default.removeItem(at: t2)
            if kind == "pipe" {
                mkfifo(t2.path, 0o600)
            } else {
                let target = kind == "device" ? "/dev/zero" : folder.appending(path: "gone.nii.gz").path
                try FileManager.default.createSymbolicLink(atPath: t2.path, withDestinationPath: target)
            }
        case "series", "huge":
            var raw = RawNIfTI()
            raw.dim = kind == "series" ? [4, 2, 3, 4, 5, 1, 1, 1] : [3, 30000, 30000, 30000, 1, 1, 1, 1]
            for _ in 0..<120 { raw.append(Float(1)) }
            try replace(Gzip.stored(raw.file))
        case "twice": try NIfTIFile.write(volume, to: folder.appending(path: "T2_run-2.nii.gz").path)
        case "maskless":
            volume.voxels = volume.voxels.map { _ in 0 }
            try NIfTIFile.write(volume, to: folder.appending(path: "brainmask.nii.gz").path)
        default: break
        }
    }
}
