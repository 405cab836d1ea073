import Registration
import Volumes

/// Whether a patient's contrasts lie on each other and show one and the same head.
///
/// Limits, from all pairs of 29 real patients and from faults made of 9 of them (docs/benchmarks/inputs.md): as they are, a contrast fits
/// best at most 1.6 mm from where it lies, and its mirror image shares at most 94 % as much; moved 3 mm it fits best 2.3 mm off or more and
/// gains at least 12 % of shared information, turned by 8° 19 %; mirrored images share at least 15 % more when mirrored back.
struct AlignmentCheck {
    /// How one contrast lies to another.
    enum Misfit: Equatable {
        /// It would fit better moved that far, in mm.
        case moved(Double, degrees: SIMD3<Double>, shift: SIMD3<Double>)
        /// It would fit better mirrored or turned upside down or back to front.
        case turned(String)
        /// It fits as well mirrored as it does not: it seems to be another head.
        case differs
    }

    private static let gain = 1.05
    private static let leastDistance = 1.8
    private static let mirrored = 1.04
    private static let unlike = 0.95
    /// In mm³: what is smaller is no brain.
    private static let smallest = 200_000.0

    private let bodies: [BodyImage?]
    private let holes: [VoxelRegion?]
    private let lattice: Grid

    /// Heads are compared as heads: what a brain mask cuts out of an image that lies elsewhere looks as if it lay right.
    /// - Parameter holes: where a contrast has no data.
    init(_ overview: Overview, holes: [VoxelRegion?]) {
        lattice = overview.grid
        self.holes = holes
        bodies = overview.images.map { $0.map { BodyImage($0.mean, body: $0.tissue) } }
    }

    /// Which contrasts do not fit, to which other one, and how; none where all fit.
    func misfits() -> [(contrast: Int, reference: Int, misfit: Misfit)] {
        let available = bodies.indices.filter { bodies[$0] != nil }
        guard available.count > 1, let first = available.first else { return [] }
        var found: [[Int]: Misfit] = [:]
        for other in available.dropFirst() { found[[first, other]] = misfit(first, other) }
        guard !found.isEmpty else { return [] }
        for (place, one) in available.enumerated() where place > 0 {
            for other in available[(place + 1)...] { found[[one, other]] = misfit(one, other) }
        }
        // Another head's image fits few of the others.
        let misfits = found
        for (pair, misfit) in misfits where misfit == .differs {
            let most = pair.map { contrast in misfits.keys.count { $0.contains(contrast) } }.max() ?? 0
            if 2 * most < available.count - 1 { found[pair] = nil }
        }
        // The one that fits fewest others is to blame; of two contrasts neither can be.
        var left = available
        var blamed = [(Int, Int, Misfit)]()
        while let pair = found.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }).first {
            func count(_ contrast: Int) -> Int { found.keys.count { $0.contains(contrast) } }
            let worst = left.max { (count($0), $0) < (count($1), $1) } ?? pair[1]
            left.removeAll { $0 == worst }
            let own = found.keys.filter { $0.contains(worst) }.sorted { $0.lexicographicallyPrecedes($1) }
            if let reference = own.first, let misfit = found[reference] {
                blamed.append((worst, reference[0] == worst ? reference[1] : reference[0], misfit))
            }
            for key in own { found[key] = nil }
        }
        return blamed.sorted { $0.0 < $1.0 }
    }

    private func misfit(_ fixed: Int, _ moving: Int) -> Misfit? {
        guard let one = bodies[fixed], let other = bodies[moving] else { return nil }
        let joined = VoxelRegion(one.body.size, zip(one.body.voxels, other.body.voxels).map { $0 || $1 })
        var places = joined.dilated().dilated()
        for hole in [holes[fixed], holes[moving]].compactMap({ $0?.dilated().dilated() }) {
            for index in hole.voxels.indices where hole.voxels[index] { places.voxels[index] = false }
        }
        let side = lattice.spacing
        guard Double(joined.count) * side.x * side.y * side.z > Self.smallest else { return nil }
        let alignment = LatticeAlignment(fixed: one.values, moving: other.values, at: places, on: lattice)
        let asIs = alignment.asTheyLie()
        let moved = alignment.best()
        let mirror = alignment.best(mirror: SIMD3(-1, 1, 1)).information
        let distance = alignment.distance(moved)
        let isMoved = moved.information > Self.gain * asIs && distance > Self.leastDistance
        guard isMoved || mirror > Self.unlike * moved.information else { return nil }
        let turns: [(String, SIMD3<Double>)] = [
            ("back to front", SIMD3(1, -1, 1)), ("upside down", SIMD3(1, 1, -1)),
            ("turned by 180° about the long axis", SIMD3(-1, -1, 1)),
            ("turned by 180° front to back", SIMD3(-1, 1, -1)),
            ("turned by 180° in the sagittal plane", SIMD3(1, -1, -1)),
        ]
        var best = (name: "mirrored, left for right", value: mirror)
        for (name, turn) in turns {
            let value = alignment.best(mirror: turn).information
            if value > best.value { best = (name, value) }
        }
        if best.value > Self.mirrored * moved.information { return .turned(best.name) }
        if mirror > Self.unlike * moved.information { return .differs }
        return .moved(distance, degrees: moved.degrees, shift: moved.shift)
    }
}
