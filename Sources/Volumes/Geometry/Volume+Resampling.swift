import Tensors

extension Volume {
    /// The image sampled at the voxel centres of another grid by trilinear interpolation; 0 outside.
    ///
    /// A position up to half a voxel beyond the outermost centres takes the value at the border. A position within 1e-6 voxels of a centre takes
    /// that voxel's value, so a grid that is close to this one, or is this one in another storage order, gets the voxels unchanged. NaN spreads
    /// to the positions that mix it in.
    ///
    /// - Precondition: this grid's affine has an inverse.
    package func resampled(onto target: Grid) -> Volume {
        if grid.isClose(to: target) { return Volume(grid: target, voxels: voxels) }
        guard let toVoxel = grid.affine.inverse() else { preconditionFailure("an affine without inverse") }
        let sampler = TrilinearSampler(size: grid.size)
        let start = toVoxel.world(target.affine.origin)
        let step = (0..<3).map { toVoxel.world(target.affine.origin + target.affine[$0]) - start }
        let size = target.size
        let sampled = [Float](unsafeUninitializedCapacity: target.count) { out, count in
            // Each iteration writes one slice of its own.
            nonisolated(unsafe) let out = out
            voxels.withUnsafeBufferPointer { source in
                nonisolated(unsafe) let source = source
                Parallel.forEach(size.z) { k in
                    for j in 0..<size.y {
                        let row = start + step[1] * Double(j) + step[2] * Double(k)
                        let index = size.x * (j + size.y * k)
                        for i in 0..<size.x { out[index + i] = sampler.value(source, at: row + step[0] * Double(i)) }
                    }
                }
            }
            count = target.count
        }
        return Volume(grid: target, voxels: sampled)
    }
}

private struct TrilinearSampler: Sendable {
    private let strides: SIMD3<Int>
    private let last: SIMD3<Double>

    init(size: SIMD3<Int>) {
        strides = SIMD3(1, size.x, size.x * size.y)
        last = SIMD3<Double>(size) - 1
    }

    @inline(__always)
    func value(_ voxels: UnsafeBufferPointer<Float>, at position: SIMD3<Double>) -> Float {
        let nearest = position.rounded(.toNearestOrEven)
        let distance = position - nearest
        let snapped = position.replacing(with: nearest, where: (distance * distance) .< 1e-12)
        let inside = (snapped .>= -0.5 - 1e-6) .& (snapped .<= last + 0.5 + 1e-6)
        // NaN and infinite positions fail the comparison, so the conversions below are safe.
        guard all(inside) else { return 0 }

        let clamped = snapped.clamped(lowerBound: .zero, upperBound: last)
        let floor = clamped.rounded(.down)
        let weight = clamped - floor
        let low = SIMD3<Int>(floor)
        let base = (low &* strides).wrappedSum()
        // A weight of 0 reads the same voxel twice: nothing beyond the border is touched and no NaN leaks in.
        let right = weight.x == 0 ? 0 : strides.x
        let front = weight.y == 0 ? 0 : strides.y
        let above = weight.z == 0 ? 0 : strides.z
        func along(_ offset: Int) -> Double {
            let (a, b) = (Double(voxels[base + offset]), Double(voxels[base + offset + right]))
            return a + (b - a) * weight.x
        }
        func plane(_ offset: Int) -> Double {
            let (a, b) = (along(offset), along(offset + front))
            return a + (b - a) * weight.y
        }
        let (a, b) = (plane(0), plane(above))
        return Float(a + (b - a) * weight.z)
    }
}
