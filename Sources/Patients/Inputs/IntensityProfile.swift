/// A contrast's voxels as they are in the file, without the zeros.
package struct IntensityProfile: Sendable, Equatable {
    /// Share of the voxels below 0.
    package var negative = 0.0
    /// Share of the voxels that have the largest value.
    package var largest = 0.0
    /// How many different values there are; not counted beyond `IntensityProfile.many`.
    package var values = 0
    /// What the image is like if more than `few` of its voxels are below 0.
    package var negatives: NegativeVoxels?

    /// That many different values are an image's.
    package static let many = 33
    /// No more than this share of an image's voxels is below 0.
    package static let few = 0.05

    package init(_ voxels: [Float]) {
        let highest = voxels.lazy.filter(\.isFinite).max() ?? 0
        var (count, below, top) = (0, 0, 0)
        var found: Set<Float> = []
        for voxel in voxels where voxel != 0 && voxel.isFinite {
            count += 1
            if voxel < 0 { below += 1 }
            if voxel == highest { top += 1 }
            if found.count < Self.many { found.insert(voxel) }
        }
        guard count > 0 else { return }
        (negative, largest) = (Double(below) / Double(count), Double(top) / Double(count))
        values = found.count
        if negative > Self.few { negatives = NegativeVoxels(voxels) }
    }
}
