/// Maps voxel indices (i, j, k) to world coordinates in mm, RAS+ (x to the patient's right, y anterior, z superior).
public struct Affine: Sendable, Equatable {
    /// World step in mm for one voxel along the first storage axis.
    public var i: SIMD3<Double>
    /// World step in mm for one voxel along the second storage axis.
    public var j: SIMD3<Double>
    /// World step in mm for one voxel along the third storage axis.
    public var k: SIMD3<Double>
    /// World position in mm of the centre of voxel (0, 0, 0).
    public var origin: SIMD3<Double>

    /// From the three steps and the place of the first voxel, all in mm.
    public init(i: SIMD3<Double>, j: SIMD3<Double>, k: SIMD3<Double>, origin: SIMD3<Double>) {
        (self.i, self.j, self.k, self.origin) = (i, j, k, origin)
    }

    /// World position in mm of a (fractional) voxel index.
    public func world(_ voxel: SIMD3<Double>) -> SIMD3<Double> {
        origin + i * voxel.x + j * voxel.y + k * voxel.z
    }
}

/// A sampling lattice: how many voxels along each storage axis, and where they are in the world.
public struct Grid: Sendable, Equatable {
    /// Number of voxels along i, j, k; i varies fastest in memory.
    public var size: SIMD3<Int>
    /// Where the voxels are.
    public var affine: Affine

    /// From the number of voxels along i, j, k and their place.
    public init(size: SIMD3<Int>, affine: Affine) {
        (self.size, self.affine) = (size, affine)
    }

    /// Number of voxels.
    public var count: Int { size.x * size.y * size.z }
}
