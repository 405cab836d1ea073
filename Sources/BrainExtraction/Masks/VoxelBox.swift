import Volumes

/// A box of voxels.
struct VoxelBox: Equatable {
    let low: SIMD3<Int>
    /// First voxel beyond.
    let high: SIMD3<Int>

    var size: SIMD3<Int> { high &- low }

    init(low: SIMD3<Int>, high: SIMD3<Int>) {
        (self.low, self.high) = (low, high)
    }

    /// Around a brain that was found on a coarse lattice over a volume: the planes of which it fills more than 2 %, and a tenth of
    /// their extent on either side, in voxels of the volume.
    ///
    /// - Returns: nil where it fills so much of no plane.
    init?(around brain: VoxelRegion, in size: SIMD3<Int>) {
        var planes = [0, 1, 2].map { [Int](repeating: 0, count: brain.size[$0]) }
        for k in 0..<brain.size.z {
            for j in 0..<brain.size.y {
                let row = brain.size.x * (j + brain.size.y * k)
                for i in 0..<brain.size.x where brain.voxels[row + i] {
                    planes[0][i] += 1
                    planes[1][j] += 1
                    planes[2][k] += 1
                }
            }
        }
        var (low, high) = (SIMD3<Int>.zero, SIMD3<Int>.zero)
        for axis in 0..<3 {
            let voxels = brain.voxels.count / brain.size[axis]
            let filled = planes[axis].indices.filter { Float(planes[axis][$0]) / Float(voxels) > 0.02 }
            guard let first = filled.first, let last = filled.last else { return nil }
            let scale = Float(size[axis]) / Float(brain.size[axis])
            let centre = (scale * (Float(last + 1 + first) / 2)).rounded(.toNearestOrEven)
            let extent = (1.2 * (scale * Float(last + 1 - first))).rounded(.toNearestOrEven)
            low[axis] = min(size[axis] - 1, max(0, Int(centre - extent / 2)))
            high[axis] = max(low[axis] + 1, min(size[axis], Int(centre + extent / 2)))
        }
        self.init(low: low, high: high)
    }
}
