import Volumes

/// How much two coarse images on one lattice tell of each other, and whether they would tell more were one of them moved.
///
/// The registration's measure and climbing, without its levels and starts: for images that should lie on each other.
package struct LatticeAlignment: Sendable {
    /// Where one image fits best.
    package struct Fit: Sendable {
        /// Degrees about x, y and z, then mm, of the lattice's middle.
        package let (degrees, shift): (SIMD3<Double>, SIMD3<Double>)
        /// Normalised mutual information − 1.
        package let information: Double
        fileprivate let motion: RigidMotion
    }

    /// Of the places that are compared, up to twice as many.
    private static let most = 12_000
    /// Hundredths of a radian or mm of the first steps, and bins.
    private static let stages = [(step: 6.0, deviation: 3.0), (step: 1.5, deviation: 2.0)]

    private let information: SharedInformation
    private let places: [SIMD3<Double>]
    private let centre: SIMD3<Double>

    /// - Parameters:
    ///   - fixed: 0 … 1, as long as the lattice is large.
    ///   - moving: likewise.
    ///   - places: where they are compared, on the lattice; not empty.
    package init(fixed: [Float], moving: [Float], at places: VoxelRegion, on lattice: Grid) {
        let inside = places.voxels.indices.filter { places.voxels[$0] }
        let size = places.size
        let voxels = stride(from: 0, to: inside.count, by: max(1, inside.count / Self.most)).map { chosen in
            let index = inside[chosen]
            return SIMD3(
                Double(index % size.x), Double(index / size.x % size.y), Double(index / (size.x * size.y)))
        }
        self.places = voxels.map(lattice.affine.world)
        centre = self.places.reduce(.zero, +) / Double(max(voxels.count, 1))
        information = SharedInformation(
            .init(Self.framed(fixed, lattice), voxels: voxels.map { $0 + 1 }), Self.framed(moving, lattice))
    }

    /// With a frame of one cell that repeats the border, so that no place lies on it: rounding would decide which of those count.
    private static func framed(_ values: [Float], _ lattice: Grid) -> LevelImage {
        let (inner, last) = (lattice.size, lattice.size &- 1)
        var grid = lattice
        grid.size = inner &+ 2
        grid.affine.origin = lattice.affine.world(SIMD3(repeating: -1))
        var all: [Float] = []
        all.reserveCapacity(grid.count)
        func within(_ place: Int, _ axis: Int) -> Int { min(max(place - 1, 0), last[axis]) }
        for k in 0..<grid.size.z {
            for j in 0..<grid.size.y {
                let row = inner.x * (within(j, 1) + inner.y * within(k, 2))
                all.append(values[row])
                all += values[row..<row + inner.x]
                all.append(values[row + last.x])
            }
        }
        return LevelImage(all, on: grid)
    }

    /// Normalised mutual information − 1 of the images as they lie.
    package func asTheyLie() -> Double {
        information.value(RigidMotion.identity.map, smoothedBy: Self.stages[1].deviation) - 1
    }

    /// The best that is found from where they lie.
    /// - Parameter mirror: −1 for the axes of the world along which the moving image is mirrored first.
    package func best(mirror: SIMD3<Double> = SIMD3(repeating: 1)) -> Fit {
        let mirrored = Affine(
            i: [mirror.x, 0, 0], j: [0, mirror.y, 0], k: [0, 0, mirror.z], origin: centre - mirror * centre)
        var (x, value) = ([Double](repeating: 0, count: 6), 0.0)
        for stage in Self.stages {
            var powell = Powell(from: x, tolerance: 0.1, leastGain: 1e-5) { x in
                -information.value(motion(x).map.after(mirrored), smoothedBy: stage.deviation)
            }
            powell.minimise(step: stage.step)
            (x, value) = (powell.place, -powell.value)
        }
        return Fit(
            degrees: SIMD3(x[0], x[1], x[2]) * 1.8 / .pi, shift: SIMD3(x[3], x[4], x[5]), information: value - 1,
            motion: motion(x))
    }

    /// How far a fit moves the places on average, in mm.
    package func distance(_ fit: Fit) -> Double {
        let sum = places.reduce(0) { sum, place in
            let way = fit.motion.moved(place) - place
            return sum + (way * way).sum().squareRoot()
        }
        return sum / Double(max(places.count, 1))
    }

    private func motion(_ x: [Double]) -> RigidMotion {
        RigidMotion(radians: SIMD3(x[0], x[1], x[2]) / 100, shift: SIMD3(x[3], x[4], x[5]), about: centre)
    }
}
