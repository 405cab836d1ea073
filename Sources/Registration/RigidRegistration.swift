import Volumes

/// Finds the rigid motion that takes one image of a head to another one of the same: normalised mutual information,
/// coarse to fine, from several starts. The same bits for any number of threads and on every processor.
package struct RigidRegistration: Sendable {
    package let fixed: Pyramid
    package let moving: Pyramid
    /// Where the fixed image is compared; nil for its head and 12 mm around it.
    private let region: (@Sendable (SIMD3<Double>) -> Bool)?

    /// - Parameter region: of places of the fixed image in mm.
    package init(fixed: Pyramid, moving: Pyramid, within region: (@Sendable (SIMD3<Double>) -> Bool)? = nil) {
        (self.fixed, self.moving, self.region) = (fixed, moving, region)
    }

    /// A step of climbing: at which level, how far the first steps go (mm, and hundredths of a radian), how smooth the
    /// histogram is, and when it stops.
    struct Stage {
        let level: Int
        let step: Double
        let deviation: Double
        let tolerance: Double
        let leastGain: Double

        static let coarse = [
            Stage(level: 0, step: 8, deviation: 5, tolerance: 0.05, leastGain: 1e-5),
            Stage(level: 0, step: 2, deviation: 3, tolerance: 0.1, leastGain: 1e-5),
        ]
        static let middle = Stage(level: 1, step: 1, deviation: 2, tolerance: 0.05, leastGain: 2e-6)
        static let fine = Stage(level: 2, step: 0.4, deviation: 1, tolerance: 0.05, leastGain: 5e-7)
    }

    private static let mostPlaces = [40_000, 60_000, 100_000]
    private static let mostStarts = 4
    /// Starts that differ by no more, in mm or hundredths of a radian, are one.
    private static let sameStart = 15.0
    /// Degrees about x, and about y and z.
    private static let turns = (about: [-30.0, -15, 0, 15, 30], other: [-20.0, 0, 20])

    /// - Parameter hasManyStarts: also from 45 turns of each start: slower, and finds what lies far off.
    /// - Returns: takes a place of the fixed image to the moving one.
    package func motion(hasManyStarts: Bool = false) -> RigidMotion {
        let coarse = information(level: 0)
        let climbed = starts(coarse, hasManyStarts).map { start in
            Stage.coarse.reduce(start) { self.climbed(coarse, from: $0, $1) }
        }
        let values = climbed.map { coarse.value(motion($0).map, smoothedBy: Stage.coarse[1].deviation) }
        let best = climbed[values.indices.max { values[$0] < values[$1] } ?? 0]
        return refined(from: best)
    }

    /// The motion near one that is known.
    package func refined(_ motion: RigidMotion) -> RigidMotion {
        let stages = [Stage.middle, Stage.fine].map { (information(level: $0.level), $0) }
        let x = stages.reduce([Double](repeating: 0, count: 6)) { climbed($1.0, from: $0, $1.1, after: motion.map) }
        return motion.after(self.motion(x))
    }

    private func refined(from x: [Double]) -> RigidMotion {
        let middle = climbed(information(level: 1), from: x, .middle)
        return motion(climbed(information(level: 2), from: middle, .fine))
    }

    func information(level: Int) -> SharedInformation {
        let places = fixed.places(level: level, most: Self.mostPlaces[level], seed: UInt64(level), isWanted: region)
        return SharedInformation(places, moving.levels[level])
    }

    /// Six values: hundredths of a radian about x, y, z through the fixed image's head, then mm.
    func motion(_ x: [Double]) -> RigidMotion {
        RigidMotion(
            radians: SIMD3(x[0], x[1], x[2]) / 100, shift: SIMD3(x[3], x[4], x[5]), about: fixed.body.centre)
    }

    /// - Parameter map: what follows the motion.
    func climbed(_ information: SharedInformation, from x: [Double], _ stage: Stage, after map: Affine? = nil)
        -> [Double]
    {
        var powell = Powell(from: x, tolerance: stage.tolerance, leastGain: stage.leastGain) { x in
            let motion = motion(x).map
            return -information.value(map?.after(motion) ?? motion, smoothedBy: stage.deviation)
        }
        powell.minimise(step: stage.step)
        return powell.place
    }

    /// The most promising ones that differ; at least one.
    private func starts(_ information: SharedInformation, _ hasManyStarts: Bool) -> [[Double]] {
        let shifts = [.zero, moving.body.centre - fixed.body.centre, moving.middle - fixed.middle]
        let degrees = hasManyStarts ? Self.turns : (about: [0], other: [0])
        var found: [(value: Double, x: [Double])] = []
        for shift in shifts {
            for x in degrees.about {
                for y in degrees.other {
                    for z in degrees.other {
                        let start = [x, y, z].map { $0 * .pi / 1.8 } + [shift.x, shift.y, shift.z]
                        found.append((information.value(motion(start).map, smoothedBy: 5), start))
                    }
                }
            }
        }
        var picked: [[Double]] = []
        // Of equal ones the first.
        let order = found.indices.sorted { (found[$1].value, $0) < (found[$0].value, $1) }
        for start in order.map({ found[$0].x }) where picked.count < Self.mostStarts {
            let isNew = picked.allSatisfy { zip($0, start).contains { abs($0 - $1) > Self.sameStart } }
            if isNew { picked.append(start) }
        }
        return picked
    }
}
