/// Structural similarity plane by plane: 2-D windows of 11×11 voxels in the planes of constant first index, σ 1.5, planes
/// mirrored at their edges (without repeating the outermost voxels).
package enum PlaneSimilarity {
    private static let radius = StructuralSimilarity.radius

    /// Mean of the map over the voxels of a mask.
    ///
    /// - Parameters:
    ///   - first: values of a volume of `size`, first index fastest.
    ///   - second: the same; exchanging the two does not change the result.
    ///   - mask: true where the map counts.
    ///   - range: dynamic range R of the intensities.
    /// - Returns: nil for an empty mask, a range that is not above 0, and for planes below 6 voxels along an axis, which
    ///   cannot be mirrored so far.
    package static func mean(
        _ first: [Float], _ second: [Float], where mask: [Bool], size: SIMD3<Int>, range: Double
    ) -> Double? {
        precondition(first.count == size.x * size.y * size.z && second.count == first.count, "volume size")
        precondition(mask.count == first.count, "mask size")
        guard range > 0, range.isFinite, min(size.y, size.z) > radius, let box = VoxelBox(size, around: { mask[$0] })
        else { return nil }
        let constants = StructuralSimilarity.constants(range: range)
        let planes = concurrentMap(count: box.x.count) { plane in
            let i = box.x.lowerBound + plane
            var (sum, voxels) = (0.0, 0)
            moments(first, second, size, box, i: i).forEach { row, column, count, means in
                let similarity = means.similarity(gain: 1, constants)
                let start = i + size.x * (box.y.lowerBound + column + size.y * (box.z.lowerBound + row))
                for lane in 0..<count where mask[start + lane * size.x] {
                    sum += similarity[lane]
                    voxels += 1
                }
            }
            return (sum: sum, voxels: voxels)
        }
        return planes.reduce(0) { $0 + $1.sum } / Double(planes.reduce(0) { $0 + $1.voxels })
    }

    /// Of the box in one plane, third index down and second along.
    private static func moments(
        _ first: [Float], _ second: [Float], _ size: SIMD3<Int>, _ box: VoxelBox, i: Int
    ) -> WindowMoments {
        var moments = WindowMoments(rows: box.z.count, columns: box.y.count)
        moments.fill { line, planes in
            let k = (box.z.lowerBound - radius + line).reflected(size.z)
            for column in 0..<box.y.count + 2 * radius {
                let j = (box.y.lowerBound - radius + column).reflected(size.y)
                let voxel = i + size.x * (j + size.y * k)
                WindowMoments.set(planes, column, first[voxel], second[voxel])
            }
        }
        return moments
    }
}
