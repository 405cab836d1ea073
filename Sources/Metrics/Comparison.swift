/// Two volumes in RAS order that are compared slice by slice.
struct Comparison: Sendable {
    let truth: [Float]
    let imputed: [Float]
    let brain: [Bool]?
    let lesion: [Bool]?
    let width: Int
    let height: Int
    let range: Double

    /// What one axial slice contributes.
    struct Slice: Sendable {
        var whole = RegionSums()
        var brain = RegionSums()
        var lesion = RegionSums()
        var outsideLesion = RegionSums()
        /// Mean SSIM; nil if the slice holds no brain or is too small.
        var ssim: Double?
    }

    func slice(_ index: Int) -> Slice {
        let range = index * width * height..<(index + 1) * width * height
        var slice = Slice()
        for voxel in range {
            let (truth, imputed) = (truth[voxel], imputed[voxel])
            slice.whole.add(truth: truth, imputed: imputed)
            if isBrain(voxel) { slice.brain.add(truth: truth, imputed: imputed) }
            if isLesion(voxel) { slice.lesion.add(truth: truth, imputed: imputed) }
            if isOutsideLesion(voxel) { slice.outsideLesion.add(truth: truth, imputed: imputed) }
        }
        let holdsBrain = brain == nil ? truth[range].contains { $0 > 0 } : slice.brain.voxels > 0
        if holdsBrain || slice.lesion.voxels > 0 || slice.outsideLesion.voxels > 0 {
            addSimilarity(to: &slice, range, holdsBrain: holdsBrain)
        }
        return slice
    }

    private func addSimilarity(to slice: inout Slice, _ voxels: Range<Int>, holdsBrain: Bool) {
        let map = StructuralSimilarity.map(
            truth[voxels], imputed[voxels], height: height, width: width, range: range)
        guard !map.isEmpty else { return }
        if holdsBrain { slice.ssim = map.reduce(0, +) / Double(map.count) }
        let radius = StructuralSimilarity.radius
        let columns = width - 2 * radius
        for (pixel, value) in map.enumerated() {
            let (row, column) = (pixel / columns + radius, pixel % columns + radius)
            let voxel = voxels.lowerBound + row * width + column
            if isBrain(voxel) { slice.brain.addSimilarity(value) }
            if isLesion(voxel) { slice.lesion.addSimilarity(value) }
            if isOutsideLesion(voxel) { slice.outsideLesion.addSimilarity(value) }
        }
    }

    private func isBrain(_ voxel: Int) -> Bool {
        brain?[voxel] ?? false
    }

    private func isLesion(_ voxel: Int) -> Bool {
        lesion?[voxel] ?? false
    }

    private func isOutsideLesion(_ voxel: Int) -> Bool {
        guard let lesion, !lesion[voxel] else { return false }
        return brain?[voxel] ?? true
    }
}
