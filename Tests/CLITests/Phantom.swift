import ElementaryFunctions
import Foundation
import TestSupport
import Volumes

/// Small synthetic patients: an ellipsoid "brain" in which every contrast follows another smooth pattern.
enum Phantom {
    static let size = SIMD3(40, 48, 6)

    /// 1.2 × 1.2 × 4 mm, stored left to right, back to front, bottom to top.
    static func grid(origin: SIMD3<Double> = SIMD3(-24, -30, -10)) -> Grid {
        Grid(
            size: size,
            affine: Affine(i: SIMD3(1.2, 0, 0), j: SIMD3(0, 1.2, 0), k: SIMD3(0, 0, 4), origin: origin))
    }

    /// Two slices of it, where there are many patients.
    static let thinGrid: Grid = {
        var thin = grid()
        thin.size.z = 2
        return thin
    }()

    /// One contrast; `seed` tells patients apart.
    static func volume(_ contrast: String, seed: Int = 1, grid: Grid = grid()) -> Volume {
        let phase = Double(contrast.utf8.reduce(seed * 31) { $0 &+ Int($1) } % 17)
        return SyntheticVolumes.volume(grid) { i, j, k in
            let (x, y, z) = (Double(i) / 20 - 0.975, Double(j) / 24 - 0.979, Double(k) / 4 - 0.625)
            guard x * x + y * y + z * z * 0.7 < 0.8 else { return 0 }
            return Float(300 + 120 * Elementary.sin(4 * x + phase) + 80 * Elementary.cos(5 * y - phase) + 20 * z)
        }
    }

    /// Writes `<contrast>.nii.gz` files into a new folder.
    static func write(_ contrasts: [String], to folder: URL, seed: Int = 1, grid: Grid = grid()) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for contrast in contrasts {
            try NIfTIFile.write(
                volume(contrast, seed: seed, grid: grid), to: folder.appending(path: "\(contrast).nii.gz").path)
        }
    }
}
