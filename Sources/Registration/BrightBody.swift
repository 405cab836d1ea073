import Volumes

/// The largest bright object of an image: the head, or the brain of a skull-stripped one.
struct BrightBody: Sendable {
    /// Mean of its voxels' places, mm.
    let centre: SIMD3<Double>
    /// The box around it, as places along the axes of the image's grid.
    let box: (low: SIMD3<Double>, high: SIMD3<Double>)

    /// - Parameter image: its coarsest level.
    init(_ image: LevelImage) {
        let threshold = 0.5 * Self.otsu(image.values)
        let bright = image.values.map { $0 > threshold }
        let size = image.grid.size
        let region = VoxelRegion(size, bright)
        let found = [region.eroded().dilated(), region].lazy.map { $0.largestComponent() }.first { !$0.isEmpty }
        let body = found?.map(Int.init) ?? Array(bright.indices)
        var (low, high, sum) = (size, SIMD3<Int>.zero, SIMD3<Int>.zero)
        for index in body {
            let voxel = SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y))
            low.replace(with: voxel, where: voxel .< low)
            high.replace(with: voxel, where: voxel .> high)
            sum = sum &+ voxel
        }
        centre = image.grid.affine.world(SIMD3<Double>(sum) / Double(body.count))
        box = (SIMD3<Double>(low), SIMD3<Double>(high))
    }

    /// The level that parts the values into two groups with the largest variance between them (Otsu 1979).
    private static func otsu(_ values: [Float]) -> Float {
        var counts = [Int](repeating: 0, count: LevelImage.bins)
        for value in values { counts[Int(value)] += 1 }
        let total = counts.indices.reduce(0) { $0 + $1 * counts[$1] }
        var (below, sum, best) = (0, 0, (variance: -1.0, level: 0))
        for level in counts.indices {
            below += counts[level]
            sum += level * counts[level]
            let above = values.count - below
            guard below > 0, above > 0 else { continue }
            let difference = Double(sum) / Double(below) - Double(total - sum) / Double(above)
            let variance = Double(below) * Double(above) * difference * difference
            if variance > best.variance { best = (variance, level) }
        }
        return Float(best.level) + 0.5
    }
}
