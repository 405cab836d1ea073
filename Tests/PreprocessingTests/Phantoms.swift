import Tensors
import Preprocessing
import TestSupport
import Volumes

enum Phantom {
    /// An RAS grid whose corner voxel lies at (−40, −30, −20) mm.
    static func grid(_ size: SIMD3<Int>, spacing: SIMD3<Double> = SIMD3(1, 1, 1)) -> Grid {
        SyntheticVolumes.grid(size, spacing: spacing, origin: SIMD3(-40, -30, -20))
    }

    /// Whether a voxel lies in the ellipsoid that fills the middle 80 % of each axis.
    static func isInside(_ grid: Grid, _ i: Int, _ j: Int, _ k: Int) -> Bool {
        let size = SIMD3<Double>(grid.size)
        let offset = (SIMD3(Double(i), Double(j), Double(k)) - (size - 1) / 2) / (0.4 * size)
        return (offset * offset).sum() < 1
    }

    /// An ellipsoid of noise between 50 and 1050 with zeros around it.
    static func brain(_ grid: Grid, seed: UInt64) -> Volume {
        var generator = SplitMix64(seed: seed)
        return SyntheticVolumes.volume(grid) { i, j, k in
            let value = 50 + 1000 * generator.unit()
            return isInside(grid, i, j, k) ? value : 0
        }
    }

    static func mask(_ grid: Grid) -> Volume {
        SyntheticVolumes.volume(grid) { isInside(grid, $0, $1, $2) ? 1 : 0 }
    }

    static func input(_ volume: Volume?, _ path: String = "patient/T1.nii.gz") -> PreprocessingInput? {
        volume.map { PreprocessingInput(volume: $0, path: path) }
    }
}

extension PreprocessingSettings {
    static func test(
        contrasts: [String] = ["T1"], height: Int = 48, width: Int = 32, spacing: Double = 1,
        normalisation: Normalisation = .metrics
    ) -> PreprocessingSettings {
        PreprocessingSettings(
            contrasts: contrasts, cropHeight: height, cropWidth: width, spacing: spacing, normalisation: normalisation)
    }
}
