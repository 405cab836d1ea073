import Volumes

/// Tells heads from skull-stripped brains.
///
/// 9 to 15 mm below its surface a head has bone, which is dark in every contrast; a brain has tissue there. In one, two and three contrasts of 23
/// skull-stripped patients at most 10, 8 and 5 % of that depth is dark in all, in those of six heads at least 14, 12 and 17 %.
enum SkullCheck {
    private static let depth: ClosedRange<Float> = 9...15
    private static let dark: Float = 0.4
    private static let limit = 0.10
    private static let limitOfOne = 0.115

    /// Whether the contrasts show a head.
    static func isHead(_ overview: Overview) -> Bool {
        guard let share = darkShare(overview) else { return false }
        return share > (overview.available.count > 1 ? limit : limitOfOne)
    }

    /// Share of what lies 9 to 15 mm below the surface that is dark in every contrast; nil where nothing does.
    static func darkShare(_ overview: Overview) -> Double? {
        let head = overview.union(of: overview.available)
        let brightness = Brightness(overview, in: head)
        let depths = VoxelRegion(head.size, head.voxels.map { !$0 }).distance(spacing: overview.spacing)
        // A body that fills the image has no surface there.
        let ring = depths.indices.filter { depths[$0].isFinite && depth.contains(depths[$0]) }
        let deep = depths.indices.filter { depths[$0].isFinite && depths[$0] > 20 }
        guard ring.count > 100, deep.count > 100 else { return nil }
        let level = brightness.median(of: deep)
        return Double(ring.count { brightness.values[$0] < dark * level }) / Double(ring.count)
    }
}

/// The brightest contrast of every cell, each in units of its median over a region.
struct Brightness: Sendable {
    let values: [Float]

    init(_ overview: Overview, in region: VoxelRegion) {
        let places = region.voxels.indices.filter { region.voxels[$0] }
        var values = [Float](repeating: 0, count: region.voxels.count)
        for image in overview.images.compactMap({ $0 }) {
            let median = Brightness.median(image.mean, places)
            guard median > 0 else { continue }
            for index in values.indices { values[index] = max(values[index], image.mean[index] / median) }
        }
        self.values = values
    }

    func median(of places: [Int]) -> Float { Self.median(values, places) }

    private static func median(_ values: [Float], _ places: [Int]) -> Float {
        Float(Normalisation.percentile(50, of: places.map { values[$0] }) ?? 0)
    }
}
