import ElementaryFunctions
import Tensors
import Volumes

/// Whether a registration can be believed: docs/explanation/preparation.md, docs/benchmarks/registration.md.
package struct RegistrationChecks: Sendable, Equatable, Codable {
    /// Normalised mutual information at 2 mm, 1 … 2. It depends on the contrasts: reported, not judged.
    package let information: Double
    /// Largest distance in mm, at the corners of the fixed head's box, to the answer with the images exchanged.
    package let forwardBackward: Double
    /// Share of information − 1 that is lost, on average, 5 mm and degrees away.
    package let sharpness: Double
    /// Information − 1 with the moving image mirrored left for right and registered anew, as a share of that without.
    package let mirror: Double
    /// Angle of the rotation.
    package let degrees: Double
    /// Share of the fixed head that lies inside of the moving image.
    package let overlap: Double

    /// The best first.
    package enum Verdict: String, Sendable, Codable, Comparable {
        case good, doubtful, lost

        package static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

        private var rank: Int { self == .good ? 0 : self == .doubtful ? 1 : 2 }
    }

    /// What is right gives: docs/benchmarks/registration.md.
    private static let good = (forwardBackward: 0.6, sharpness: 0.15, mirror: 0.95, degrees: 60.0, overlap: 0.5)
    private static let usable = (forwardBackward: 1.5, sharpness: 0.10, overlap: 0.25)

    /// What to make of it.
    package var verdict: Verdict {
        guard forwardBackward <= Self.usable.forwardBackward, sharpness >= Self.usable.sharpness,
            overlap >= Self.usable.overlap
        else { return .lost }
        return doubts.isEmpty ? .good : .doubtful
    }

    /// What is odd, each as half a sentence; empty where all is well.
    package var doubts: [String] {
        var found: [String] = []
        if forwardBackward > Self.good.forwardBackward {
            found.append("registered the other way round it lies \(Self.text(forwardBackward)) mm elsewhere")
        }
        if sharpness < Self.good.sharpness { found.append("it fits hardly better than 5 mm away") }
        if mirror > Self.good.mirror { found.append("it fits as well mirrored left for right") }
        if degrees > Self.good.degrees { found.append("it is turned by \(Self.text(degrees))°") }
        if overlap < Self.good.overlap { found.append("it covers \(Self.text(100 * overlap)) % of the head") }
        return found
    }

    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

/// A motion with what speaks for it.
package struct RegistrationResult: Sendable, Equatable {
    /// Takes a place of the fixed image to the moving one.
    package let motion: RigidMotion
    package let checks: RegistrationChecks
    /// Whether it was looked for from many starts.
    package let hadManyStarts: Bool
}

extension RigidRegistration {
    private static let probes = 24
    private static let probeDistance = 5.0

    /// The motion with its checks; looked for again from many starts where they doubt it, and then the better one.
    package func checked() -> RegistrationResult {
        let first = result(hasManyStarts: false)
        guard first.checks.verdict != .good else { return first }
        let second = result(hasManyStarts: true)
        if first.checks.verdict != second.checks.verdict {
            return first.checks.verdict < second.checks.verdict ? first : second
        }
        return first.checks.information > second.checks.information ? first : second
    }

    /// - Parameter hasManyStarts: see `motion(hasManyStarts:)`.
    package func result(hasManyStarts: Bool) -> RegistrationResult {
        let motion = motion(hasManyStarts: hasManyStarts)
        return RegistrationResult(
            motion: motion, checks: checks(of: motion, hasManyStarts: hasManyStarts), hadManyStarts: hasManyStarts)
    }

    private func checks(of motion: RigidMotion, hasManyStarts: Bool) -> RegistrationChecks {
        let back = RigidRegistration(fixed: moving, moving: fixed).motion(hasManyStarts: hasManyStarts).inverse
        let fine = information(level: 2)
        return RegistrationChecks(
            information: fine.value(motion.map, smoothedBy: 1),
            forwardBackward: fixed.corners.map { Self.length(back.moved($0) - motion.moved($0)) }.max() ?? 0,
            sharpness: sharpness(of: motion), mirror: mirror(of: motion), degrees: motion.degrees,
            overlap: fine.overlap(motion.map))
    }

    private func sharpness(of motion: RigidMotion) -> Double {
        let information = information(level: 1)
        let value = information.value(motion.map, smoothedBy: 1)
        guard value > 1 else { return 0 }
        var generator = SeededGenerator(seed: 5)
        var sum = 0.0
        for _ in 0..<Self.probes {
            var direction = [Double](repeating: 0, count: 6)
            var square = 0.0
            // Evenly over the sphere: the points of the cube that lie in the ball.
            repeat {
                direction = direction.map { _ in Double(generator.uniform(-1...1)) }
                square = direction.reduce(0) { $0 + $1 * $1 }
            } while square > 1 || square < 0.01
            let scale = Self.probeDistance / square.squareRoot()
            // Hundredths of a radian from degrees.
            let probe = self.motion(
                direction[..<3].map { $0 * scale * .pi / 1.8 } + direction[3...].map { $0 * scale })
            sum += information.value(motion.after(probe).map, smoothedBy: 1)
        }
        return (value - sum / Double(Self.probes)) / (value - 1)
    }

    private func mirror(of motion: RigidMotion) -> Double {
        let fine = information(level: 1)
        let value = fine.value(motion.map, smoothedBy: 1)
        guard value > 1 else { return 1 }
        let mirrored = Affine(
            i: [-1, 0, 0], j: [0, 1, 0], k: [0, 0, 1], origin: [2 * fixed.body.centre.x, 0, 0])
        // The fixed image's places are mirrored about the head's centre, moved a little, then as found.
        let stages = [(information(level: 0), Stage.coarse[1]), (fine, Stage.middle)]
        func map(_ x: [Double]) -> Affine { motion.after(self.motion(x)).map.after(mirrored) }
        let found = stages.reduce([Double](repeating: 0, count: 6)) { x, stage in
            var powell = Powell(from: x, tolerance: stage.1.tolerance, leastGain: stage.1.leastGain) {
                -stage.0.value(map($0), smoothedBy: stage.1.deviation)
            }
            powell.minimise(step: stage.1.step)
            return powell.place
        }
        return max(0, (fine.value(map(found), smoothedBy: 1) - 1) / (value - 1))
    }

    private static func length(_ a: SIMD3<Double>) -> Double { (a * a).sum().squareRoot() }
}

extension Volume {
    /// This image as it lies once `motion` (from the reference to this image) is undone, at the voxels of `grid`:
    /// interpolated linearly, once; 0 outside.
    package func registered(by motion: RigidMotion, onto grid: Grid) -> Volume {
        let placed = Grid(size: self.grid.size, affine: motion.inverse.map.after(self.grid.affine))
        return Volume(grid: placed, voxels: voxels).resampled(onto: grid)
    }

    /// The same of labels: each voxel takes the nearest one's, 0 outside, so that no label comes up that was not there.
    package func labels(registeredBy motion: RigidMotion, onto grid: Grid) -> Volume {
        let affine = motion.inverse.map.after(self.grid.affine)
        guard let toVoxel = affine.inverse() else { preconditionFailure("an affine without inverse") }
        let start = toVoxel.world(grid.affine.origin)
        let step = [grid.affine.i, grid.affine.j, grid.affine.k].map { toVoxel.world(grid.affine.origin + $0) - start }
        let (source, size) = (self.grid.size, grid.size)
        let last = SIMD3<Double>(source &- 1)
        var labels = [Float](repeating: 0, count: grid.count)
        for k in 0..<size.z {
            for j in 0..<size.y {
                let row = start + step[1] * Double(j) + step[2] * Double(k)
                for i in 0..<size.x {
                    let place = (row + step[0] * Double(i)).rounded(.toNearestOrEven)
                    guard all(place .>= 0), all(place .<= last) else { continue }
                    let (x, y, z) = (Int(place.x), Int(place.y), Int(place.z))
                    labels[i + size.x * (j + size.y * k)] = voxels[x + source.x * (y + source.y * z)]
                }
            }
        }
        return Volume(grid: grid, voxels: labels)
    }
}
