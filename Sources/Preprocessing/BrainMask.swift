import Volumes

/// Which voxels of a mask image belong to the mask.
package enum BrainMask {
    /// A mask of up to that many different whole numbers is a label map.
    private static let labels = 16

    /// True where the mask holds: all above 0 of a binary mask or a label map; from half of its level on for a probability map, a mask
    /// that was interpolated or one of 0…255; where it shows something if it is an image of the brain itself.
    /// - Parameter volume: voxels that are no numbers count as 0.
    package static func inside(_ volume: Volume) -> [Bool] {
        let finite = volume.voxels.map { $0.isFinite ? $0 : 0 }
        let highest = finite.max() ?? 0
        guard highest > 0 else { return finite.map { _ in false } }
        var values = Set<Float>()
        var isWhole = true
        for voxel in finite where voxel > 0 {
            if values.count <= labels { values.insert(voxel) }
            isWhole = isWhole && voxel == voxel.rounded()
        }
        guard values.count > 1, !(isWhole && values.count <= labels) else { return finite.map { $0 > 0 } }
        // Interpolation overshoots, so that the level is not the maximum, and rings, so that much is a little above 0.
        let upper = finite.filter { $0 > highest / 2 }
        let level = Normalisation.percentile(50, of: upper).map { Float($0) } ?? highest
        let shown = finite.count { $0 > 0.1 * level }
        let flat = finite.count { abs($0 - level) <= 0.1 * level }
        guard 2 * flat >= shown else {
            if isWhole, isPiecewise(finite) { return finite.map { $0 > 0 } }
            let image = Volume(grid: volume.grid, voxels: finite)
            return ImageSupport(image).region(image)
        }
        return finite.map { $0 >= level / 2 }
    }

    /// Whether neighbours in storage mostly have one value, as in a map of many labels.
    private static func isPiecewise(_ voxels: [Float]) -> Bool {
        var pairs = 0
        var equal = 0
        for (one, other) in zip(voxels, voxels.dropFirst()) where one > 0 && other > 0 {
            pairs += 1
            if one == other { equal += 1 }
        }
        return 10 * equal >= 7 * pairs
    }
}
