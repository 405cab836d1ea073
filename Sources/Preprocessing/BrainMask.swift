import Volumes

/// Which voxels of a mask image belong to the mask.
enum BrainMask {
    /// A mask of up to that many different whole numbers is a label map.
    private static let labels = 16

    /// True where the mask holds: all above 0 of a binary mask or a label map; from half of its level on for a probability map, a mask
    /// that was interpolated or one of 0…255; where it shows something if it is an image of the brain itself.
    /// - Parameter volume: voxels that are no numbers count as 0.
    static func inside(_ volume: Volume) -> [Bool] {
        let finite = volume.voxels.map { $0.isFinite ? $0 : 0 }
        let highest = finite.max() ?? 0
        guard highest > 0 else { return finite.map { _ in false } }
        var values = Set<Float>()
        var isWhole = true
        var positive = 0
        var high = 0
        for voxel in finite where voxel > 0 {
            positive += 1
            if voxel >= 0.75 * highest { high += 1 }
            if values.count <= labels { values.insert(voxel) }
            isWhole = isWhole && voxel == voxel.rounded()
        }
        guard values.count > 1, !(isWhole && values.count <= labels) else { return finite.map { $0 > 0 } }
        guard 2 * high >= positive else {
            let image = Volume(grid: volume.grid, voxels: finite)
            return ImageSupport(image).region(image)
        }
        // Interpolation overshoots, so the level is not the maximum.
        let upper = finite.filter { $0 > highest / 2 }
        let level = Normalisation.percentile(50, of: upper).map { Float($0) } ?? highest
        return finite.map { $0 >= level / 2 }
    }
}
