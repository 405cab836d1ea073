/// What an image with many voxels below 0 is like, from an even sample of the voxels that are not 0.
package struct NegativeVoxels: Sendable, Equatable {
    /// Share of the voxels that are below 0.
    package let share: Double
    /// Of all voxels that are not 0.
    package let mean: Double
    /// Of all voxels that are not 0.
    package let standardDeviation: Double
    /// 99.5th percentile of all voxels that are not 0.
    package let brightest: Double
    /// The value that most voxels below 0 have.
    package let commonest: Double
    /// Its share of those below 0.
    package let commonestShare: Double
    /// Share of those below 0 that are between -1100 and -900, where a CT has air.
    package let airShare: Double
    package let lowest: Double
    /// How far 95 of 100 of those below 0 lie below it, at most.
    package let depth: Double
    /// How many voxels lie that little above 0, for every one below.
    package let mirrored: Double

    /// About that many voxels are looked at.
    private static let size = 100_000

    /// - Parameter voxels: all of them; nil where none is below 0.
    init?(_ voxels: [Float]) {
        let count = voxels.count { $0 != 0 && $0.isFinite }
        let step = max(count / Self.size, 1)
        var sample: [Double] = []
        sample.reserveCapacity(count / step + 1)
        var number = 0
        for voxel in voxels where voxel != 0 && voxel.isFinite {
            if number % step == 0 { sample.append(Double(voxel)) }
            number += 1
        }
        sample.sort()
        let negatives = sample.prefix { $0 < 0 }
        guard let lowest = negatives.first, let last = sample.indices.last else { return nil }
        let mean = sample.reduce(0, +) / Double(sample.count)
        let variance = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sample.count)
        let (commonest, repeats) = Self.longestRun(negatives)
        let depth = -negatives[negatives.count / 20]
        func part(_ number: Int) -> Double { Double(number) / Double(negatives.count) }
        share = Double(negatives.count) / Double(sample.count)
        (self.mean, standardDeviation) = (mean, variance.squareRoot())
        brightest = sample[last * 995 / 1000]
        (self.commonest, commonestShare) = (commonest, part(repeats))
        airShare = part(negatives.count { (-1100 ... -900).contains($0) })
        (self.lowest, self.depth) = (lowest, depth)
        mirrored = part(sample.count { $0 > 0 && $0 <= depth })
    }

    private static func longestRun(_ sorted: ArraySlice<Double>) -> (value: Double, count: Int) {
        var (best, run) = ((value: 0.0, count: 0), (value: 0.0, count: 0))
        for value in sorted {
            run = value == run.value ? (value, run.count + 1) : (value, 1)
            if run.count > best.count { best = run }
        }
        return best
    }
}
