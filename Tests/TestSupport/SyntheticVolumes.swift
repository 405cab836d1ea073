import Tensors
import Volumes

/// Volumes made for tests.
package enum SyntheticVolumes {
    /// A grid with axes along the world's, scaled by `spacing` mm.
    package static func grid(
        _ size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1], origin: SIMD3<Double> = .zero
    ) -> Grid {
        let affine = Affine(i: [spacing.x, 0, 0], j: [0, spacing.y, 0], k: [0, 0, spacing.z], origin: origin)
        return Grid(size: size, affine: affine)
    }

    /// Voxels drawn evenly from `range`.
    package static func random(_ grid: Grid, in range: ClosedRange<Float> = 0...1000, seed: UInt64) -> Volume {
        var generator = SeededGenerator(seed: seed)
        return Volume(grid: grid, voxels: (0..<grid.count).map { _ in Float.random(in: range, using: &generator) })
    }

    /// Voxels computed from their indices.
    package static func volume(_ grid: Grid, _ value: (_ i: Int, _ j: Int, _ k: Int) -> Float) -> Volume {
        var voxels: [Float] = []
        voxels.reserveCapacity(grid.count)
        for k in 0..<grid.size.z {
            for j in 0..<grid.size.y {
                for i in 0..<grid.size.x { voxels.append(value(i, j, k)) }
            }
        }
        return Volume(grid: grid, voxels: voxels)
    }

    /// Voxels computed from their place in the world in mm.
    package static func field(_ grid: Grid, _ value: (SIMD3<Double>) -> Double) -> Volume {
        volume(grid) { i, j, k in Float(value(grid.affine.world([Double(i), Double(j), Double(k)]))) }
    }

    /// The same grid stored with its axes in another order and sense: storage axis n of the result is axis
    /// `permutation[n]` of `grid`, reversed where `flips[n]` says so.
    package static func stored(_ grid: Grid, permutation: [Int], flips: [Bool]) -> Grid {
        let steps = [grid.affine.i, grid.affine.j, grid.affine.k]
        var origin = grid.affine.origin
        var columns: [SIMD3<Double>] = []
        for n in 0..<3 {
            let step = steps[permutation[n]]
            if flips[n] { origin += step * Double(grid.size[permutation[n]] - 1) }
            columns.append(flips[n] ? -step : step)
        }
        let size = SIMD3(grid.size[permutation[0]], grid.size[permutation[1]], grid.size[permutation[2]])
        return Grid(size: size, affine: Affine(i: columns[0], j: columns[1], k: columns[2], origin: origin))
    }

    /// All 48 ways to order and reverse three axes.
    package static let axisOrders: [(permutation: [Int], flips: [Bool])] = {
        let permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        return permutations.flatMap { permutation in
            (0..<8).map { (permutation, [$0 & 1 == 1, $0 & 2 == 2, $0 & 4 == 4]) }
        }
    }()
}
