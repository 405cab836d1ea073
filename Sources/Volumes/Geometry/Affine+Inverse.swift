extension Affine {
    /// The map from world coordinates (mm) back to voxel indices, as an affine whose columns are the voxel steps per mm along x, y, z.
    ///
    /// Returns nil where it does not exist: two axes (nearly) parallel, a step of length 0, or numbers that are not finite.
    package func inverse() -> Affine? {
        let determinant = dot(i, cross(j, k))
        let volume = length(i) * length(j) * length(k)
        guard determinant.isFinite, volume.isFinite, volume > 0, abs(determinant) > 1e-6 * volume else { return nil }
        let rows = (cross(j, k) / determinant, cross(k, i) / determinant, cross(i, j) / determinant)
        let x = SIMD3(rows.0.x, rows.1.x, rows.2.x)
        let y = SIMD3(rows.0.y, rows.1.y, rows.2.y)
        let z = SIMD3(rows.0.z, rows.1.z, rows.2.z)
        let start = -(x * origin.x + y * origin.y + z * origin.z)
        let inverse = Affine(i: x, j: y, k: z, origin: start)
        return inverse.isFinite ? inverse : nil
    }

    /// The (fractional) voxel index of a world position in mm; nil where the affine has no inverse.
    ///
    /// For many positions take ``inverse()`` once and call its ``world(_:)``.
    package func voxel(_ world: SIMD3<Double>) -> SIMD3<Double>? {
        inverse()?.world(world)
    }

    /// Whether every number is finite.
    var isFinite: Bool {
        [i, j, k, origin].allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }
    }

    /// Everything in another unit of length.
    func scaled(by factor: Double) -> Affine {
        Affine(i: i * factor, j: j * factor, k: k * factor, origin: origin * factor)
    }

    /// The world step along storage axis 0, 1 or 2.
    subscript(axis: Int) -> SIMD3<Double> { axis == 0 ? i : axis == 1 ? j : k }
}

func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }

func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

func length(_ a: SIMD3<Double>) -> Double { dot(a, a).squareRoot() }
