import Volumes

extension VoxelRegion {
    /// The largest set of voxels that hang together by faces, edges or corners, the first of equals; empty for an empty region.
    ///
    /// - Precondition: fewer than 2³¹ voxels.
    func largestBody() -> VoxelRegion {
        var waiting = voxels
        var largest: [Int32] = []
        for start in waiting.indices where waiting[start] {
            var body = [Int32(start)]
            waiting[start] = false
            var next = 0
            while next < body.count {
                let index = Int(body[next])
                next += 1
                let place = SIMD3(index % size.x, index / size.x % size.y, index / (size.x * size.y))
                for k in max(0, place.z - 1)...min(size.z - 1, place.z + 1) {
                    for j in max(0, place.y - 1)...min(size.y - 1, place.y + 1) {
                        let row = size.x * (j + size.y * k)
                        for neighbour in row + max(0, place.x - 1)...row + min(size.x - 1, place.x + 1)
                        where waiting[neighbour] {
                            waiting[neighbour] = false
                            body.append(Int32(neighbour))
                        }
                    }
                }
            }
            if body.count > largest.count { largest = body }
        }
        var result = VoxelRegion(size, [Bool](repeating: false, count: voxels.count))
        for index in largest { result.voxels[Int(index)] = true }
        return result
    }

    /// The smallest box that holds the region and, where the lattice goes on, a voxel around it; nil for an empty region.
    var box: VoxelBox? {
        var (low, high) = (size, SIMD3<Int>.zero)
        for k in 0..<size.z {
            for j in 0..<size.y {
                let row = size.x * (j + size.y * k)
                for i in 0..<size.x where voxels[row + i] {
                    low = pointwiseMin(low, SIMD3(i, j, k))
                    high = pointwiseMax(high, SIMD3(i + 1, j + 1, k + 1))
                }
            }
        }
        guard low.x < high.x else { return nil }
        return VoxelBox(
            low: pointwiseMax(low &- 1, .zero), high: pointwiseMin(high &+ 1, size))
    }

    /// The voxels of a box.
    func cropped(to box: VoxelBox) -> VoxelRegion {
        var result: [Bool] = []
        result.reserveCapacity(box.size.x * box.size.y * box.size.z)
        for k in box.low.z..<box.high.z {
            for j in box.low.y..<box.high.y {
                let row = size.x * (j + size.y * k)
                result += voxels[row + box.low.x..<row + box.high.x]
            }
        }
        return VoxelRegion(box.size, result)
    }

    /// Grown by one voxel in the six directions, as often as `steps` says; shrunk so where that is negative.
    func dilated(steps: Int) -> VoxelRegion {
        var region = self
        for _ in 0..<abs(steps) { region = steps > 0 ? region.dilated() : region.eroded() }
        return region
    }
}
