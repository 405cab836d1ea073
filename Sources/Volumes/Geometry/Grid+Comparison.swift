extension Grid {
    /// Distance in mm between neighbouring voxel centres along i, j, k.
    package var spacing: SIMD3<Double> {
        SIMD3(length(affine.i), length(affine.j), length(affine.k))
    }

    /// Whether both grids have the same size and every voxel centre of one lies within `tolerance` mm of its namesake.
    ///
    /// The distance is affine in the voxel index, so the eight corners decide. False if a number is not finite.
    package func isClose(to other: Grid, tolerance: Double = 1e-3) -> Bool {
        guard size == other.size else { return false }
        let last = SIMD3<Double>(size) - 1
        return Self.corners.allSatisfy { corner in
            let voxel = corner * last
            return length(affine.world(voxel) - other.affine.world(voxel)) <= tolerance
        }
    }

    /// Whether the boxes that the voxels fill (half a voxel beyond the outermost centres) share some space.
    ///
    /// Boxes may be oblique or sheared; boxes that only touch do not overlap, nor do those with numbers that are not finite.
    /// Separating axis theorem: two convex boxes are apart exactly if their shadows are apart on a face normal of one of them or on a cross product of two edges.
    package func overlaps(_ other: Grid) -> Bool {
        guard affine.isFinite, other.affine.isFinite else { return false }
        let edges = [affine.i, affine.j, affine.k]
        let otherEdges = [other.affine.i, other.affine.j, other.affine.k]
        var directions =
            Self.pairs.map { cross(edges[$0], edges[$1]) } + Self.pairs.map { cross(otherEdges[$0], otherEdges[$1]) }
        for edge in edges { directions += otherEdges.map { cross(edge, $0) } }
        return directions.allSatisfy { direction in
            // Parallel edges span no plane: nothing to test.
            guard length(direction) > 1e-12 else { return true }
            let (mine, theirs) = (shadow(on: direction), other.shadow(on: direction))
            return mine.low < theirs.high && theirs.low < mine.high
        }
    }

    private func shadow(on direction: SIMD3<Double>) -> (low: Double, high: Double) {
        let extent = SIMD3<Double>(size)
        let positions = Self.corners.map { dot(affine.world($0 * extent - 0.5), direction) }
        return positions.reduce((Double.infinity, -Double.infinity)) { (min($0.0, $1), max($0.1, $1)) }
    }

    private static let pairs = [(0, 1), (1, 2), (2, 0)]

    private static let corners: [SIMD3<Double>] = (0..<8).map { n in
        SIMD3<Double>(SIMD3<Int>(n & 1, n >> 1 & 1, n >> 2 & 1))
    }
}
