/// Structural similarity in three dimensions: `StructuralSimilarity`'s formula with Gaussian means over 11×11×11 voxels,
/// σ 1.5, volumes mirrored at their faces (without repeating the outermost voxels).
package struct VolumeSimilarity: Sendable, Equatable {
    /// Mean of the map over every voxel.
    package let everyVoxel: Double
    /// Mean without the 5 voxels at each face; nil where nothing is left.
    package let interior: Double?

    private static let radius = StructuralSimilarity.radius

    /// - Parameters:
    ///   - first: values of a volume of `size`, first index fastest.
    ///   - second: the same; exchanging the two does not change the result.
    ///   - range: dynamic range R of the intensities.
    /// - Returns: nil for a range that is not above 0, and for volumes below 6 voxels along an axis, which cannot be
    ///   mirrored so far.
    package init?(_ first: [Float], _ second: [Float], size: SIMD3<Int>, range: Double) {
        precondition(first.count == size.x * size.y * size.z && second.count == first.count, "volume size")
        guard range > 0, range.isFinite, size.min() > Self.radius else { return nil }
        let inner = SIMD3(size.x, size.y, size.z) &- 2 * Self.radius
        var (every, interior) = (Sums(), Sums())
        // Where the windows of both volumes are empty, the similarity is 1.
        let filled = VoxelBox(size) { first[$0] != 0 || second[$0] != 0 }
        if let box = filled?.grown(by: Self.radius, within: size) {
            let slices = concurrentMap(count: box.z.count) { slice in
                Self.slice(first, second, size, range, box, k: box.z.lowerBound + slice)
            }
            for slice in slices {
                every.add(slice.every)
                interior.add(slice.interior)
            }
        }
        everyVoxel = every.mean(of: first.count)
        self.interior = inner.min() > 0 ? interior.mean(of: inner.x * inner.y * inner.z) : nil
    }

    /// Sum of the map over some of the voxels; in all others it is 1.
    private struct Sums {
        var sum = 0.0
        var voxels = 0

        mutating func add(_ other: Sums) {
            sum += other.sum
            voxels += other.voxels
        }

        func mean(of count: Int) -> Double { (sum + Double(count - voxels)) / Double(count) }
    }

    private static func slice(
        _ first: [Float], _ second: [Float], _ size: SIMD3<Int>, _ range: Double, _ box: VoxelBox, k: Int
    ) -> (every: Sums, interior: Sums) {
        var moments = WindowMoments(rows: box.y.count, columns: box.x.count)
        moments.fill { line, planes in
            let row = (box.y.lowerBound - radius + line).reflected(size.y)
            smoothAcross(first, second, size, box, row: row, k: k, into: planes)
        }
        let constants = StructuralSimilarity.constants(range: range)
        let interiorColumns = radius..<max(size.x - radius, radius)
        let isInteriorSlice = (radius..<max(size.z - radius, radius)).contains(k)
        let interiorRows = radius..<max(size.y - radius, radius)
        var (every, interior) = (Sums(), Sums())
        moments.forEach { row, column, count, means in
            let similarity = means.similarity(gain: 1, constants)
            let isInterior = isInteriorSlice && interiorRows.contains(box.y.lowerBound + row)
            for lane in 0..<count {
                every.sum += similarity[lane]
                guard isInterior, interiorColumns.contains(box.x.lowerBound + column + lane) else { continue }
                interior.sum += similarity[lane]
                interior.voxels += 1
            }
        }
        every.voxels = box.x.count * box.y.count
        return (every, interior)
    }

    /// Gaussian means across the slices around `k` of the products in one row: of the box's columns and 5 more on either
    /// side.
    private static func smoothAcross(
        _ first: [Float], _ second: [Float], _ size: SIMD3<Int>, _ box: VoxelBox, row: Int, k: Int,
        into planes: [UnsafeMutablePointer<Double>]
    ) {
        let start = box.x.lowerBound - radius
        let columns = max(start, 0)..<min(box.x.upperBound + radius, size.x)
        let (x, y, xx, yy, xy) = (planes[0], planes[1], planes[2], planes[3], planes[4])
        let (offset, weights) = (columns.lowerBound - start, WindowMoments.weights)
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                for tap in -radius...radius {
                    let weight = weights[radius - abs(tap)]
                    let source = size.x * (row + size.y * (k + tap).reflected(size.z)) + columns.lowerBound
                    for column in 0..<columns.count {
                        let (a, b) = (Double(first[source &+ column]), Double(second[source &+ column]))
                        let at = offset &+ column
                        x[at] += weight * a
                        y[at] += weight * b
                        xx[at] += weight * (a * a)
                        yy[at] += weight * (b * b)
                        xy[at] += weight * (a * b)
                    }
                }
            }
        }
        for column in 0..<box.x.count + 2 * radius where !columns.contains(start + column) {
            let mirror = (start + column).reflected(size.x) - start
            for plane in planes { plane[column] = plane[mirror] }
        }
    }
}
