import Files
import Records
import Registration
import Volumes

/// Brings contrasts onto the reference's grid.
struct ContrastRegistration {
    /// One contrast beside the reference.
    struct Laid {
        /// Takes a place in the reference to the contrast; the identity where the contrast was kept.
        var motion: RigidMotion
        let record: PreparationRecord.Registration
        var volume: Volume
    }

    /// A contrast on the reference's grid is kept where registering again moves no corner of the head's box by more, in
    /// mm: no method answers more exactly (docs/benchmarks/registration.md), and 2 mm cost more than a network gains.
    private static let kept = 2.0
    /// Where the brain alone would be laid farther off than this, in mm, the head's answer stays.
    private static let mostRefined = 3.0

    private let grid: Grid
    private let fixed: Result<Pyramid, RegistrationError>

    /// - Parameter reference: finite.
    init(_ reference: Volume) {
        grid = reference.grid
        do {
            fixed = .success(try Pyramid(reference, .fixed))
        } catch {
            fixed = .failure(error)
        }
    }

    /// - Parameters:
    ///   - place: what the contrast is called in messages.
    ///   - names: of the contrast and the reference.
    /// - Throws: `CollaGANError.Code.unusablePatient` where the two cannot be laid on each other.
    func laid(
        _ volume: Volume, place: String, names: (moving: String, reference: String)
    ) throws(CollaGANError) -> Laid {
        let isOnGrid = volume.grid.reorientedToRAS().isClose(to: grid.reorientedToRAS())
        let registration: RigidRegistration
        do throws(RegistrationError) {
            registration = RigidRegistration(fixed: try fixed.get(), moving: try Pyramid(volume, .moving))
        } catch {
            guard !isOnGrid else {
                return kept(volume, 0, .init(.kept, degrees: 0, millimetres: 0, doubts: ["it could not be compared"]))
            }
            throw CollaGANError(
                .unusablePatient, path: place,
                error.image == .fixed
                    ? "\(names.reference), the reference, \(error.message)" : "\(place): \(error.message)")
        }
        if isOnGrid {
            let again = registration.refined(.identity)
            let distance = registration.fixed.largestDistance(of: again)
            if distance <= Self.kept {
                return kept(volume, distance, .init(.kept, degrees: again.degrees, millimetres: distance))
            }
        }
        let result = registration.checked()
        let checks = result.checks
        let distance = registration.fixed.largestDistance(of: result.motion)
        guard checks.verdict != .lost else {
            if isOnGrid {
                return kept(
                    volume, distance,
                    .init(
                        .doubtful, degrees: 0, millimetres: 0, checks: checks.byName,
                        doubts: ["it lies on the reference's grid and could not be registered to it"] + checks.doubts))
            }
            throw CollaGANError(
                .unusablePatient, path: place,
                "\(place): \(names.moving) cannot be laid on \(names.reference): \(checks.doubts.joined(separator: ", "));"
                    + " look whether both are this patient's heads, whole and the right way round, or leave one out")
        }
        return Laid(
            motion: result.motion,
            record: .init(
                checks.verdict == .good ? .good : .doubtful, degrees: result.motion.degrees, millimetres: distance,
                checks: checks.byName, doubts: checks.doubts),
            volume: volume.registered(by: result.motion, onto: grid))
    }

    private func kept(_ volume: Volume, _ distance: Double, _ record: PreparationRecord.Registration) -> Laid {
        Laid(motion: .identity, record: record, volume: volume.resampled(onto: grid))
    }

    /// The motion that fits the brain best, as necks bend: the answer for the head, refined near the brain.
    /// - Parameters:
    ///   - isNear: whether a place of the reference, in mm, lies in the brain or near it.
    func refined(
        _ motion: RigidMotion, _ volume: Volume, near isNear: @escaping @Sendable (SIMD3<Double>) -> Bool
    ) -> RigidMotion {
        guard let fixed = try? fixed.get(), let moving = try? Pyramid(volume, .moving) else { return motion }
        let refined = RigidRegistration(fixed: fixed, moving: moving, within: isNear).refined(motion)
        return fixed.largestDistance(of: motion.inverse.after(refined)) <= Self.mostRefined ? refined : motion
    }
}

extension Pyramid {
    /// How far a motion takes the corners of the head's box, in mm, at most.
    func largestDistance(of motion: RigidMotion) -> Double {
        corners.map { corner in
            let way = motion.moved(corner) - corner
            return (way * way).sum().squareRoot()
        }.max() ?? 0
    }
}

extension RegistrationChecks {
    fileprivate var byName: [String: Double] {
        [
            "information": information, "forwardBackward": forwardBackward, "sharpness": sharpness, "mirror": mirror,
            "degrees": degrees, "overlap": overlap,
        ]
    }
}
