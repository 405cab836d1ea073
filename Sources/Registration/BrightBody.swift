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
        let opened = Self.grown(Self.grown(bright.map { !$0 }, size).map { !$0 }, size)
        let body = Self.largest(opened, size) ?? Self.largest(bright, size) ?? Array(bright.indices)
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

    /// What is true, and its six neighbours.
    private static func grown(_ region: [Bool], _ size: SIMD3<Int>) -> [Bool] {
        var result = region
        for index in region.indices where region[index] {
            forEachNeighbour(of: index, size) { result[$0] = true }
        }
        return result
    }

    /// Indices of the largest connected part; nil where nothing is true.
    private static func largest(_ region: [Bool], _ size: SIMD3<Int>) -> [Int]? {
        var (left, best) = (region, [Int]())
        for start in region.indices where left[start] {
            var (part, next) = ([start], 0)
            left[start] = false
            while next < part.count {
                forEachNeighbour(of: part[next], size) { neighbour in
                    guard left[neighbour] else { return }
                    left[neighbour] = false
                    part.append(neighbour)
                }
                next += 1
            }
            if part.count > best.count { best = part }
        }
        return best.isEmpty ? nil : best
    }

    private static func forEachNeighbour(of index: Int, _ size: SIMD3<Int>, _ body: (Int) -> Void) {
        let (i, j, k) = (index % size.x, index / size.x % size.y, index / (size.x * size.y))
        if i > 0 { body(index - 1) }
        if i < size.x - 1 { body(index + 1) }
        if j > 0 { body(index - size.x) }
        if j < size.y - 1 { body(index + size.x) }
        if k > 0 { body(index - size.x * size.y) }
        if k < size.z - 1 { body(index + size.x * size.y) }
    }
}
