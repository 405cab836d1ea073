extension Volume {
    /// The same voxels in RAS storage order: axes permuted and flipped only, no value computed, no voxel lost.
    package func reorientedToRAS() -> Volume {
        let order = AxisOrder(grid.affine)
        if order.isIdentity { return self }
        let target = grid.reorientedToRAS()
        let walk = StorageWalk(order, storage: grid.size)
        let moved = [Float](unsafeUninitializedCapacity: voxels.count) { out, count in
            voxels.withUnsafeBufferPointer { source in
                walk.forEachRow(of: target.size) { row, start in
                    for i in 0..<target.size.x { out[row + i] = source[start + i * walk.stride[0]] }
                }
            }
            count = voxels.count
        }
        return Volume(grid: target, voxels: moved)
    }

    /// The same voxels in the storage order of `grid`, the exact inverse of ``reorientedToRAS()``; the result has exactly this grid.
    ///
    /// - Precondition: both grids hold the same voxels: their sizes agree once both are in RAS order.
    package func reoriented(to grid: Grid) -> Volume {
        let source = reorientedToRAS()
        precondition(source.grid.size == grid.reorientedToRAS().size, "the grids differ by more than the order of axes")
        let order = AxisOrder(grid.affine)
        if order.isIdentity { return Volume(grid: grid, voxels: source.voxels) }
        let walk = StorageWalk(order, storage: grid.size)
        let moved = [Float](unsafeUninitializedCapacity: voxels.count) { out, count in
            source.voxels.withUnsafeBufferPointer { voxels in
                walk.forEachRow(of: source.grid.size) { row, start in
                    for i in 0..<source.grid.size.x { out[start + i * walk.stride[0]] = voxels[row + i] }
                }
            }
            count = voxels.count
        }
        return Volume(grid: grid, voxels: moved)
    }
}

/// Where the voxels of the RAS-ordered twin lie in a volume stored in another order.
private struct StorageWalk {
    /// Step in storage for one voxel along world x, y, z.
    let stride: [Int]
    private let first: Int

    init(_ order: AxisOrder, storage size: SIMD3<Int>) {
        let strides = [1, size.x, size.x * size.y]
        var first = 0
        stride = (0..<3).map { world in
            let axis = order.storageAxis[world]
            if order.isFlipped[world] { first += strides[axis] * (size[axis] - 1) }
            return order.isFlipped[world] ? -strides[axis] : strides[axis]
        }
        self.first = first
    }

    /// Calls `body` with the index of each RAS row's first voxel in RAS order and in storage order.
    func forEachRow(of size: SIMD3<Int>, _ body: (_ row: Int, _ start: Int) -> Void) {
        for k in 0..<size.z {
            for j in 0..<size.y {
                body(size.x * (j + size.y * k), first + j * stride[1] + k * stride[2])
            }
        }
    }
}
