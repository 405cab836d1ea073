import Volumes

/// Small volumes in RAS order with known content.
enum Phantom {
    /// A grid of the given voxels and spacing, its first voxel at the origin.
    static func grid(_ size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1], origin: SIMD3<Double> = .zero) -> Grid {
        Grid(
            size: size,
            affine: Affine(i: [spacing.x, 0, 0], j: [0, spacing.y, 0], k: [0, 0, spacing.z], origin: origin))
    }

    /// A volume whose voxel (i, j, k) is `value(i, j, k)`.
    static func volume(_ grid: Grid, _ value: (Int, Int, Int) -> Float) -> Volume {
        var volume = Volume(grid: grid, voxels: [Float](repeating: 0, count: grid.count))
        for k in 0..<grid.size.z {
            for j in 0..<grid.size.y {
                for i in 0..<grid.size.x { volume[i, j, k] = value(i, j, k) }
            }
        }
        return volume
    }

    /// A ball of 0.5 in the middle, with a brighter corner towards the patient's right and front.
    static func head(size: Int = 32) -> Volume {
        let middle = Double(size - 1) / 2
        return volume(grid([size, size, size])) { i, j, k in
            let (x, y, z) = (Double(i) - middle, Double(j) - middle, Double(k) - middle)
            guard (x * x + y * y + z * z).squareRoot() < 0.45 * Double(size) else { return 0 }
            return x > 4 && y > 4 ? 1 : 0.5
        }
    }
}
