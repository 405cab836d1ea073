import Preprocessing
import Volumes

/// SplitMix64: the same numbers on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Uniform in 0 ..< 1, a multiple of 2⁻²⁴.
    mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }
}

enum Phantom {
    /// An RAS grid whose corner voxel lies at (−40, −30, −20) mm.
    static func grid(_ size: SIMD3<Int>, spacing: SIMD3<Double> = SIMD3(1, 1, 1)) -> Grid {
        Grid(
            size: size,
            affine: Affine(
                i: SIMD3(spacing.x, 0, 0), j: SIMD3(0, spacing.y, 0), k: SIMD3(0, 0, spacing.z),
                origin: SIMD3(-40, -30, -20)))
    }

    /// Values of `value(i, j, k)`.
    static func volume(_ grid: Grid, _ value: (Int, Int, Int) -> Float) -> Volume {
        var volume = Volume(grid: grid, voxels: [Float](repeating: 0, count: grid.count))
        for k in 0..<grid.size.z {
            for j in 0..<grid.size.y {
                for i in 0..<grid.size.x { volume[i, j, k] = value(i, j, k) }
            }
        }
        return volume
    }

    /// Whether a voxel lies in the ellipsoid that fills the middle 80 % of each axis.
    static func isInside(_ grid: Grid, _ i: Int, _ j: Int, _ k: Int) -> Bool {
        let size = SIMD3<Double>(grid.size)
        let offset = (SIMD3(Double(i), Double(j), Double(k)) - (size - 1) / 2) / (0.4 * size)
        return (offset * offset).sum() < 1
    }

    /// An ellipsoid of noise between 50 and 1050 with zeros around it.
    static func brain(_ grid: Grid, seed: UInt64) -> Volume {
        var generator = SeededGenerator(seed)
        return volume(grid) { i, j, k in
            let value = 50 + 1000 * generator.unit()
            return isInside(grid, i, j, k) ? value : 0
        }
    }

    static func mask(_ grid: Grid) -> Volume {
        volume(grid) { isInside(grid, $0, $1, $2) ? 1 : 0 }
    }

    static func input(_ volume: Volume?, _ path: String = "patient/T1.nii.gz") -> PreprocessingInput? {
        volume.map { PreprocessingInput(volume: $0, path: path) }
    }

    /// The 48 ways to store an RAS grid: each order of the axes with each combination of flips.
    static func storageOrders(of grid: Grid) -> [Grid] {
        let steps = [grid.affine.i, grid.affine.j, grid.affine.k]
        let sizes = [grid.size.x, grid.size.y, grid.size.z]
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        return orders.flatMap { order in
            (0..<8).map { flips in
                var origin = grid.affine.origin
                var columns: [SIMD3<Double>] = []
                for (place, axis) in order.enumerated() {
                    let flipped = flips >> place & 1 == 1
                    if flipped { origin += steps[axis] * Double(sizes[axis] - 1) }
                    columns.append(flipped ? -steps[axis] : steps[axis])
                }
                return Grid(
                    size: SIMD3(sizes[order[0]], sizes[order[1]], sizes[order[2]]),
                    affine: Affine(i: columns[0], j: columns[1], k: columns[2], origin: origin))
            }
        }
    }
}

extension PreprocessingSettings {
    static func test(
        contrasts: [String] = ["T1"], height: Int = 48, width: Int = 32, spacing: Double = 1
    ) -> PreprocessingSettings {
        PreprocessingSettings(contrasts: contrasts, cropHeight: height, cropWidth: width, spacing: spacing)
    }
}
