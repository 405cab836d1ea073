import ElementaryFunctions
import Tensors
import Volumes

/// An image smoothed to a level's spacing, in units of histogram bins: 0 … 63 up to its 99.8th percentile.
///
/// Along an axis whose voxels are finer than the spacing h, a Gaussian of σ = ½ √(h² − d²) mm (d: the voxel's side) is
/// applied and only every ⌊h / 2d⌋-th voxel is kept. Voxels that are not finite or below 0 count as 0.
struct LevelImage: Sendable {
    static let bins = 64
    /// The largest value: what is at or above the percentile.
    private static let top: Float = 62.999
    private static let percentile = 99.8
    private static let sample = 400_000

    /// Size and place of the voxels that were kept.
    let grid: Grid
    /// World (mm) to voxel of `grid`.
    let toVoxel: Affine
    /// In bins, i fastest.
    let values: [Float]

    /// - Returns: nil where nothing is above 0 or the geometry has no inverse.
    init?(_ volume: Volume, spacing: Double) {
        var image = volume.voxels.map { $0.isFinite ? max($0, 0) : 0 }
        var grid = volume.grid
        let side = volume.grid.spacing
        for axis in 0..<3 {
            let reduction = Reduction(count: grid.size[axis], side: side[axis], spacing: spacing)
            image = reduction.applied(to: image, size: grid.size, axis: axis)
            grid = reduction.applied(to: grid, axis: axis)
        }
        let step = max(1, image.count / Self.sample) | 1
        let sample = stride(from: 0, to: image.count, by: step).map { image[$0] }
        let high = Percentiles(sample)[Self.percentile].map { Float($0) } ?? 0
        let reference = high > 0 ? high : image.max() ?? 0
        guard reference > 0, let inverse = grid.affine.inverse() else { return nil }
        toVoxel = inverse
        self.grid = grid
        values = image.map { min($0 / reference, 1) * Self.top }
    }

    /// An image that is coarse already.
    /// - Parameter values: 0 … 1.
    /// - Precondition: the grid's affine has an inverse.
    init(_ values: [Float], on grid: Grid) {
        guard let inverse = grid.affine.inverse() else { preconditionFailure("an affine without inverse") }
        (self.grid, toVoxel) = (grid, inverse)
        self.values = values.map { min(max($0, 0), 1) * Self.top }
    }
}

/// Smoothing and thinning along one axis.
private struct Reduction {
    private let weights: [Float]
    private let factor: Int
    private let first: Int
    private let count: Int

    init(count: Int, side: Double, spacing: Double) {
        let ratio = side / spacing
        let deviation = ratio < 1 ? 0.5 / ratio * (1 - ratio * ratio).squareRoot() : 0
        let radius = Int((2.5 * deviation).rounded(.up))
        let plain = (-radius...radius).map { tap in
            deviation > 0 ? Elementary.exp(-0.5 * Double(tap * tap) / (deviation * deviation)) : 1
        }
        let sum = plain.reduce(0, +)
        weights = plain.map { Float($0 / sum) }
        let factor = max(1, min(Int(0.5 / ratio), count))
        self.factor = factor
        self.count = (count - 1) / factor + 1
        first = (count - 1 - (self.count - 1) * factor) / 2
    }

    func applied(to grid: Grid, axis: Int) -> Grid {
        var (size, affine) = (grid.size, grid.affine)
        size[axis] = count
        let step = axis == 0 ? affine.i : axis == 1 ? affine.j : affine.k
        affine.origin += step * Double(first)
        let wide = step * Double(factor)
        if axis == 0 { affine.i = wide } else if axis == 1 { affine.j = wide } else { affine.k = wide }
        return Grid(size: size, affine: affine)
    }

    /// Beyond the border the outermost voxel goes on.
    func applied(to image: [Float], size: SIMD3<Int>, axis: Int) -> [Float] {
        if weights.count == 1, factor == 1 { return image }
        var reduced = size
        reduced[axis] = count
        let (reducedSize, radius, last) = (reduced, weights.count / 2, size[axis] - 1)
        let strides = SIMD3(1, size.x, size.x * size.y)
        return [Float](unsafeUninitializedCapacity: reducedSize.x * reducedSize.y * reducedSize.z) { out, filled in
            nonisolated(unsafe) let out = out
            image.withUnsafeBufferPointer { source in
                nonisolated(unsafe) let source = source
                // Each iteration writes one slice of its own.
                Parallel.forEach(reducedSize.z) { k in
                    for j in 0..<reducedSize.y {
                        let row = reducedSize.x * (j + reducedSize.y * k)
                        for i in 0..<reducedSize.x { out[row + i] = 0 }
                        for (tap, weight) in weights.enumerated() {
                            func place(_ index: Int) -> Int { min(max(index * factor + first + tap - radius, 0), last) }
                            let start =
                                axis == 0
                                ? j * strides.y + k * strides.z
                                : (axis == 1 ? place(j) : j) * strides.y + (axis == 2 ? place(k) : k) * strides.z
                            if axis == 0 {
                                for i in 0..<reducedSize.x { out[row + i] += weight * source[start + place(i)] }
                            } else {
                                for i in 0..<reducedSize.x { out[row + i] += weight * source[start + i] }
                            }
                        }
                    }
                }
            }
            filled = out.count
        }
    }
}
