import Volumes

/// Whether a brain mask agrees with the images it is for.
///
/// Limits were set from the masks of six heads and the brains of 23 skull-stripped patients, and from masks made from these by moving them 25 mm, cutting
/// them in two, keeping a shell or a lesion, growing and shrinking them by 6 mm (numbers: docs/benchmarks/inputs.md).
struct MaskCheck {
    /// Of skull-stripped tissue; good masks keep all of it, moved ones 69 to 77 %.
    private static let leastKept = 0.85
    /// Of the head in the slices where the mask is large; good masks are 55 to 61 %, smaller by 6 mm 45 to 51 %, halves 25 to 34 %.
    private static let leastOfHead = 0.4
    private static let mostOfHead = 0.85
    /// Of the mask, outside of what any contrast shows; grown by 6 mm 23 %.
    private static let mostOutside = 0.4
    /// An end's area over the largest one; good masks at most 0.27, halves at least 0.86, without the lowest 30 mm 0.41 to 0.76.
    private static let flatEnd = 0.6
    /// Tissue around the mask that looks like what is inside, and dark inside, by one, two and more contrasts; good masks at most 0.43,
    /// 0.19, 0.10, moved ones at least 0.60, 0.44, 0.32.
    private static let displaced = [0.52, 0.32, 0.28]
    /// Of the mask, in its main bodies.
    private static let leastBody = 0.9
    /// Of what lies at least 35 mm deep in the head.
    private static let leastOfCore = 0.4
    /// Smallest brain, in cm³.
    private static let smallest = 100.0

    private let overview: Overview
    private let mask: VoxelRegion
    private let isHead: Bool
    private let all: VoxelRegion
    private let common: VoxelRegion

    /// - Parameter isHead: whether the images show the skull, too.
    init(_ mask: VoxelRegion, _ overview: Overview, isHead: Bool) {
        self.mask = mask
        self.overview = overview
        self.isHead = isHead
        all = overview.union(of: overview.available)
        var voxels = all.voxels
        for image in overview.images.compactMap({ $0 }) {
            for index in voxels.indices where !image.tissue.voxels[index] { voxels[index] = false }
        }
        common = VoxelRegion(all.size, voxels)
    }

    /// What is wrong, e.g. "keeps 4 % of the tissue that all contrasts show"; nil for a mask that can be believed.
    var problem: String? {
        let volume = Double(mask.count) * overview.cellVolume
        let kept = share(of: common, where: mask)
        if volume < Self.smallest, 2 * mask.count < common.count {
            return "holds \(format(volume, 1)) cm³ (\(percent(kept)) of the tissue that all contrasts show), too little"
                + " for a brain: a lesion or a part?"
        }
        let outside = 1 - share(of: mask, where: all)
        if outside > Self.mostOutside {
            return "lies for \(percent(outside)) outside of what the contrasts show"
        }
        let end = largestEnd()
        if end > Self.flatEnd {
            return
                "ends in a flat cut of \(percent(end)) of its largest section where the head goes on: a part of the brain?"
        }
        let body =
            share(of: mask.mainBodies(), where: mask) * Double(mask.mainBodies().count) / Double(max(mask.count, 1))
        if body < Self.leastBody { return "lies for \(percent(1 - body)) apart from its main body: in pieces?" }
        // What seems to be a brain may be a small child's head, whose skull is thin.
        guard isHead || kept < Self.leastKept, let problem = problemInHead() else { return nil }
        return isHead ? problem : "keeps \(percent(kept)) of the tissue that all contrasts show"
    }

    private func problemInHead() -> String? {
        let ratio = shareOfHead()
        if ratio < Self.leastOfHead {
            return "holds \(percent(ratio)) of the head, a brain is about half: a part of it?"
        }
        if ratio > Self.mostOfHead {
            return "holds \(percent(ratio)) of the head, a brain is about half: the whole head?"
        }
        let core = self.core
        if core.count > 100, share(of: core, where: mask) < Self.leastOfCore {
            return "holds \(percent(share(of: core, where: mask))) of what lies deep in the head: not the brain?"
        }
        let (alike, dark) = surroundings()
        let limit = Self.displaced[min(overview.available.count, Self.displaced.count) - 1]
        guard alike + dark > limit else { return nil }
        return
            "lies beside the brain: \(percent(alike)) of what is around it looks like what is inside, \(percent(dark)) of"
            + " what is inside is dark"
    }

    private var core: VoxelRegion {
        let depths = VoxelRegion(all.size, all.voxels.map { !$0 }).distance(spacing: overview.spacing)
        return VoxelRegion(all.size, depths.map { $0.isFinite && $0 >= 35 })
    }

    /// The mask over the head, in the slices where the mask is at least 30 % as large as in its largest: without face and neck.
    private func shareOfHead() -> Double {
        let layer = overview.size.x * overview.size.y
        let areas = stride(from: 0, to: mask.voxels.count, by: layer).map { start in
            (
                mask: mask.voxels[start..<start + layer].count { $0 },
                head: all.voxels[start..<start + layer].count { $0 }
            )
        }
        let largest = areas.map(\.mask).max() ?? 0
        let counted = areas.filter { 10 * $0.mask >= 3 * largest }
        return Double(counted.reduce(0) { $0 + $1.mask }) / Double(max(counted.reduce(0) { $0 + $1.head }, 1))
    }

    /// Share of the tissue 3 to 8 mm outside that looks like the inside in every contrast, and share of the inside that is dark in all.
    private func surroundings() -> (alike: Double, dark: Double) {
        let inside = mask.voxels.indices.filter { mask.voxels[$0] && all.voxels[$0] }
        let distances = mask.distance(spacing: overview.spacing)
        // What a contrast does not cover says nothing.
        let holes = Coverage.holes(
            data: overview.images.map { $0?.data }, brain: all.voxels.map { $0 ? 1 : 0 }, size: all.size, hasMask: false
        )
        var shell = distances.indices.filter { index in
            distances[index] > 3 && distances[index] <= 8 && all.voxels[index]
                && holes.allSatisfy { $0?.voxels[index] != true }
        }
        let total = shell.count
        for (image, hole) in zip(overview.images, holes) {
            guard let image else { continue }
            let values = inside.filter { hole?.voxels[$0] != true }.map { image.mean[$0] }
            guard let low = Normalisation.percentile(10, of: values),
                let high = Normalisation.percentile(90, of: values)
            else { continue }
            shell.removeAll { Double(image.mean[$0]) < low || Double(image.mean[$0]) > high }
        }
        let brightness = Brightness(overview, in: all)
        let depths = VoxelRegion(all.size, all.voxels.map { !$0 }).distance(spacing: overview.spacing)
        let deep = depths.indices.filter { depths[$0].isFinite && depths[$0] > 20 }
        let level = 0.4 * brightness.median(of: deep)
        let dark = mask.voxels.indices.count { mask.voxels[$0] && brightness.values[$0] < level }
        return (Double(shell.count) / Double(max(total, 1)), Double(dark) / Double(max(mask.count, 1)))
    }

    /// Area of the mask's first or last section along an axis behind which the images go on, over the largest section's.
    private func largestEnd() -> Double {
        var largest = 0.0
        let steps = [1, mask.size.x, mask.size.x * mask.size.y]
        for axis in 0..<3 {
            let (length, step) = (mask.size[axis], steps[axis])
            var areas = [Int](repeating: 0, count: length)
            for index in mask.voxels.indices where mask.voxels[index] { areas[index / step % length] += 1 }
            guard let most = areas.max(), most > 0 else { continue }
            let isSection: (Int) -> Bool = { 50 * $0 > most }
            guard let first = areas.firstIndex(where: isSection), let last = areas.lastIndex(where: isSection),
                last - first > 1
            else { continue }
            // A mask that ends next to the images' end was made of a slab.
            for (end, beyond) in [(first, -1), (last, 1)] where (1..<length - 1).contains(end + beyond) {
                let open = mask.voxels.indices.count {
                    mask.voxels[$0] && $0 / step % length == end && common.voxels[$0 + beyond * step]
                }
                largest = max(largest, Double(open) / Double(most))
            }
        }
        return largest
    }

    private func share(of region: VoxelRegion, where other: VoxelRegion) -> Double {
        let both = region.voxels.indices.count { region.voxels[$0] && other.voxels[$0] }
        return Double(both) / Double(max(region.count, 1))
    }
}

/// "27 %", below 1 % with one decimal.
func percent(_ share: Double) -> String {
    share < 0.01 ? "\(format(share * 100, 1)) %" : "\(Int((share * 100).rounded())) %"
}

/// Rounded to some decimals.
func format(_ value: Double, _ decimals: Int) -> String {
    let factor = [1.0, 10, 100, 1000][decimals]
    let rounded = (value * factor).rounded() / factor
    return decimals == 0 ? "\(Int(rounded))" : "\(rounded)"
}
