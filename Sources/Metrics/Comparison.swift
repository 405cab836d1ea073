/// Two volumes in RAS order that are compared slice by slice.
struct Comparison: Sendable {
    let truth: [Float]
    let imputed: [Float]
    let brain: [Bool]?
    let lesion: [Bool]?
    let width: Int
    let height: Int
    let range: Double
    private let energy: SpectralEnergy

    init(
        truth: [Float], imputed: [Float], brain: [Bool]?, lesion: [Bool]?, width: Int, height: Int, range: Double
    ) {
        (self.truth, self.imputed, self.brain, self.lesion) = (truth, imputed, brain, lesion)
        (self.width, self.height, self.range) = (width, height, range)
        energy = SpectralEnergy(height: height, width: width)
    }

    /// What one axial slice contributes.
    struct Slice: Sendable {
        var whole: RegionMeasures
        var brain: RegionMeasures
        var lesion: RegionMeasures
        var outsideLesion: RegionMeasures
        /// Mean SSIM; nil if the slice holds no brain or is too small.
        var ssim: Double?

        init(gain: Double) {
            let nothing = RegionMeasures(gain: gain)
            (whole, brain, lesion, outsideLesion) = (nothing, nothing, nothing, nothing)
        }

        /// Adds the regions of another slice.
        mutating func add(_ other: Slice) {
            whole.add(other.whole)
            brain.add(other.brain)
            lesion.add(other.lesion)
            outsideLesion.add(other.outsideLesion)
        }
    }

    /// The factor a of the imputed image that makes Σ(x−a·x̂)² smallest, ⟨x̂,x⟩ ÷ ⟨x̂,x̂⟩: over the brain, without a mask
    /// over all voxels. 0 for an image of zeros.
    func bestGain(slices: Int) -> Double {
        let products = concurrentMap(count: slices) { slice in
            voxels(of: slice).reduce(into: (mixed: 0.0, own: 0.0)) { sums, voxel in
                guard brain?[voxel] ?? true else { return }
                let (truth, imputed) = (Double(truth[voxel]), Double(imputed[voxel]))
                sums.mixed += imputed * truth
                sums.own += imputed * imputed
            }
        }
        let own = products.reduce(0) { $0 + $1.own }
        return own > 0 ? products.reduce(0) { $0 + $1.mixed } / own : 0
    }

    /// - Parameter gain: what the imputed image is multiplied by for the scores after the gain.
    func slice(_ index: Int, gain: Double) -> Slice {
        let range = voxels(of: index)
        var slice = Slice(gain: gain)
        for voxel in range {
            let (truth, imputed) = (Double(truth[voxel]), Double(imputed[voxel]))
            slice.whole.add(truth: truth, imputed: imputed)
            if isBrain(voxel) { slice.brain.add(truth: truth, imputed: imputed) }
            if isLesion(voxel) { slice.lesion.add(truth: truth, imputed: imputed) }
            if isOutsideLesion(voxel) { slice.outsideLesion.add(truth: truth, imputed: imputed) }
        }
        let holdsBrain = brain == nil ? truth[range].contains { $0 > 0 } : slice.brain.asIs.voxels > 0
        if holdsBrain || slice.lesion.asIs.voxels > 0 || slice.outsideLesion.asIs.voxels > 0 {
            addSimilarity(to: &slice, range, holdsBrain: holdsBrain)
        }
        if holdsBrain { addSharpness(to: &slice, range, gain: gain) }
        return slice
    }

    private func addSharpness(to slice: inout Slice, _ voxels: Range<Int>, gain: Double) {
        let energies = energy.aboveHalfNyquist(truth[voxels], imputed[voxels])
        let deviation = GradientSimilarity.deviation(
            truth[voxels], imputed[voxels], gain: gain, height: height, width: width, range: range)
        slice.whole.addSharpness((energies.first, energies.second), gradientDeviation: deviation)
    }

    private func addSimilarity(to slice: inout Slice, _ voxels: Range<Int>, holdsBrain: Bool) {
        let maps = StructuralSimilarity.maps(
            truth[voxels], imputed[voxels], gains: [1, slice.whole.afterGain.gain], height: height, width: width,
            range: range)
        let (map, gained) = (maps[0], maps[1])
        guard !map.isEmpty else { return }
        if holdsBrain {
            let means = maps.map { $0.reduce(0, +) / Double($0.count) }
            slice.ssim = means[0]
            slice.whole.addSimilarity(asIs: means[0], afterGain: means[1])
        }
        let radius = StructuralSimilarity.radius
        let columns = width - 2 * radius
        for pixel in map.indices {
            let (row, column) = (pixel / columns + radius, pixel % columns + radius)
            let voxel = voxels.lowerBound + row * width + column
            let (value, gained) = (map[pixel], gained[pixel])
            if isBrain(voxel) { slice.brain.addSimilarity(asIs: value, afterGain: gained) }
            if isLesion(voxel) { slice.lesion.addSimilarity(asIs: value, afterGain: gained) }
            if isOutsideLesion(voxel) { slice.outsideLesion.addSimilarity(asIs: value, afterGain: gained) }
        }
    }

    private func voxels(of slice: Int) -> Range<Int> { slice * width * height..<(slice + 1) * width * height }

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
