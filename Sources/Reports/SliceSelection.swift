import Volumes

/// Which slices and which part of them are worth showing.
package enum SliceSelection {
    /// Smallest box that holds every voxel above `threshold`, widened by `margin` mm; the whole volume where there is
    /// none.
    package static func box(of volume: Volume, above threshold: Float = 0, margin: Double = 4) -> SlicePicture.Box {
        let size = volume.grid.size
        var low = size
        var high = SIMD3<Int>(repeating: -1)
        for k in 0..<size.z {
            for j in 0..<size.y {
                let row = size.x * (j + size.y * k)
                for i in 0..<size.x where volume.voxels[row + i] > threshold {
                    low = pointwiseMin(low, SIMD3(i, j, k))
                    high = pointwiseMax(high, SIMD3(i, j, k))
                }
            }
        }
        guard high.x >= 0 else { return SlicePicture.Box(low: .zero, high: size &- 1) }
        let spacing = SlicePicture.spacing(volume.grid)
        for axis in 0..<3 {
            let widen = Int(min((margin / spacing[axis]).rounded(), Double(size[axis])))
            low[axis] = max(low[axis] - widen, 0)
            high[axis] = min(high[axis] + widen, size[axis] - 1)
        }
        return SlicePicture.Box(low: low, high: high)
    }

    /// Evenly spread axial slices of the region where the brain is large, superior first.
    ///
    /// The region is every slice that holds at least 55 % of the voxels of the fullest slice.
    /// - Parameters:
    ///   - brain: positive inside the brain, in RAS order.
    ///   - count: how many; fewer where the region has fewer slices.
    package static func axial(_ brain: Volume, count: Int) -> [Int] {
        let size = brain.grid.size
        let plane = size.x * size.y
        let areas = (0..<size.z).map { k in
            brain.voxels[k * plane..<(k + 1) * plane].reduce(0) { $1 > 0 ? $0 + 1 : $0 }
        }
        let largest = areas.max() ?? 0
        let region =
            largest > 0 ? areas.indices.filter { Double(areas[$0]) >= 0.55 * Double(largest) } : Array(0..<size.z)
        let wanted = min(max(count, 1), region.count)
        let picks = (0..<wanted).map { region[(2 * $0 + 1) * region.count / (2 * wanted)] }
        return picks.reversed()
    }

    /// Intensity below which `fraction` of the positive voxels lie, for a picture's window; 0 where none is positive.
    ///
    /// Looks at about 200,000 evenly strided voxels.
    package static func percentile(_ volume: Volume, _ fraction: Double = 0.995) -> Float {
        let stride = max(volume.voxels.count / 200_000, 1) | 1
        var values = Swift.stride(from: 0, to: volume.voxels.count, by: stride).map { volume.voxels[$0] }
        values = values.filter { $0 > 0 && $0.isFinite }.sorted()
        return values.isEmpty ? 0 : values[Int((Double(values.count - 1) * fraction).rounded())]
    }
}
