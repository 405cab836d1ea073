import Foundation
import Patients
import Pipeline
import Preprocessing
import TestSupport
import Volumes

/// A folder of small patients on disk, gone with this object: smooth contrasts inside an ellipsoid, the outer slices empty.
final class TrainingFolder {
    static let contrasts = ["T1", "T1Gd", "T2", "FLAIR"]
    static let settings = PreprocessingSettings(
        contrasts: contrasts, cropHeight: 96, cropWidth: 96, spacing: 1, normalisation: .metrics)

    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Folder of the patients.
    var patients: String { scratch.file("patients") }

    /// Writes one patient; `seed` makes the images differ, `scale` the pixels and the brain larger.
    func write(
        _ name: String, _ contrasts: [String] = contrasts, seed: Int, slices: Int = 6, scale: SIMD2<Double> = [1, 1]
    ) throws {
        let folder = "\(patients)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (index, contrast) in contrasts.enumerated() {
            let grid = SyntheticVolumes.grid(
                [48, 56, slices], spacing: [1.5 * scale.x, 1.5 * scale.y, 4],
                origin: [-36 * scale.x, -42 * scale.y, -12])
            let height = Double(slices) * 2
            let volume = SyntheticVolumes.field(grid) { point in
                let (x, y, z) = (
                    point.x / 30 / scale.x, point.y / 36 / scale.y, (point.z + 12 - height + 2) / (height - 4)
                )
                guard x * x + y * y + z * z < 1 else { return 0 }
                return 300 + 120 * sin(4 * x + Double(seed)) + 80 * cos(5 * y - Double(seed + index)) + 20 * z
            }
            try NIfTIFile.write(volume, to: "\(folder)/\(contrast).nii.gz")
        }
    }

    /// The patients found in the folder.
    func found() throws -> [Patient] {
        try PatientDiscovery(contrasts: Self.contrasts).patients(in: patients)
    }

    func cache(_ name: String = "cache", isShared: Bool = false) throws -> SliceCache {
        try SliceCache(scratch.file(name), settings: Self.settings, isShared: isShared)
    }

    /// What preprocessing gives without a cache.
    func prepared(_ patient: Patient) throws -> SliceStack {
        let inputs = try patient.contrasts.map { path in
            try path.map { PreprocessingInput(volume: try NIfTIFile.read($0).volume, path: $0) }
        }
        return try Preprocessor(Self.settings).prepare(inputs).stack
    }

    /// Names and inodes of the files in a cache.
    func files(_ cache: SliceCache) throws -> [String: UInt64] {
        let names = try FileManager.default.contentsOfDirectory(atPath: cache.folder)
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(cache.folder)/\(name)")
                return (name, (attributes[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0)
            })
    }
}

/// Bits of everything in a stack, for exact comparisons.
func bits(_ stack: SliceStack) -> [[UInt32]?] {
    var bits: [[UInt32]?] = stack.images.map { image in image?.map { $0.bitPattern } }
    bits.append(stack.brain.map { $0 ? UInt32(1) : 0 })
    bits.append(stack.scales.map { $0?.bitPattern ?? 0 })
    bits.append([UInt32(stack.slices), UInt32(stack.height), UInt32(stack.width)])
    return bits
}
