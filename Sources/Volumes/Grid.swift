/// Maps voxel indices (i, j, k) to world coordinates in mm, RAS+ (x to the patient's right, y anterior, z superior).
package struct Affine: Sendable, Equatable {
    /// World step in mm for one voxel along the first storage axis.
    package var i: SIMD3<Double>
    /// World step in mm for one voxel along the second storage axis.
    package var j: SIMD3<Double>
    /// World step in mm for one voxel along the third storage axis.
    package var k: SIMD3<Double>
    /// World position in mm of the centre of voxel (0, 0, 0).
    package var origin: SIMD3<Double>

    /// From the three steps and the place of the first voxel, all in mm.
    package init(i: SIMD3<Double>, j: SIMD3<Double>, k: SIMD3<Double>, origin: SIMD3<Double>) {
        self.i = i
        self.j = j
        self.k = k
        self.origin = origin
    }

    /// World position in mm of a (fractional) voxel index.
    package func world(_ voxel: SIMD3<Double>) -> SIMD3<Double> {
        origin + i * voxel.x + j * voxel.y + k * voxel.z
    }
}

/// A sampling lattice: how many voxels along each storage axis, and where they are in the world.
package struct Grid: Sendable, Equatable {
    /// Number of voxels along i, j, k; i varies fastest in memory.
    package var size: SIMD3<Int>
    /// Where the voxels are.
    package var affine: Affine

    /// From the number of voxels along i, j, k and their place.
    package init(size: SIMD3<Int>, affine: Affine) {
        (self.size, self.affine) = (size, affine)
    }

    /// Number of voxels.
    package var count: Int { size.x * size.y * size.z }
}
