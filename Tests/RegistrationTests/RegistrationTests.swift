import Registration
import Tensors
import TestSupport
import Testing
import Volumes

/// Heads that moved, and images that are none of the same head.
struct RegistrationTests {
    private static let head = HeadPhantom(seed: 1)
    private static let fixed = head.volume(.t1, HeadPhantom.axial)

    private func result(_ moving: Volume, to fixed: Volume = Self.fixed) throws -> RegistrationResult {
        try RigidRegistration(fixed: Pyramid(fixed, .fixed), moving: Pyramid(moving, .moving)).checked()
    }

    private func motion(_ degrees: SIMD3<Double>, _ shift: SIMD3<Double>) -> RigidMotion {
        RigidMotion(radians: degrees * .pi / 180, shift: shift, about: .zero)
    }

    /// Largest error in mm at the corners of the head's box.
    private func error(_ found: RigidMotion, _ truth: RigidMotion) throws -> Double {
        try Pyramid(Self.fixed, .fixed).corners.map { corner in
            let d = found.moved(corner) - truth.moved(corner)
            return (d * d).sum().squareRoot()
        }.max()!
    }

    /// Degrees about, and mm along x, y and z.
    private static let motions: [[Double]] = [
        [0, 0, 0, 0, 0, 0], [3, -2, 4, 1, 2, -3], [10, 8, -14, 12, -18, 9], [-25, 5, 15, -20, 10, 30],
    ]

    @Test(arguments: motions) func aHeadThatMovedIsFound(_ values: [Double]) throws {
        let shift = SIMD3(values[3], values[4], values[5])
        let truth = motion(SIMD3(values[0], values[1], values[2]), shift)
        var grid = HeadPhantom.sagittal
        // Where the patient lies in the scanner moves along, as far as a header tells.
        grid.affine.origin += shift
        let found = try result(Self.head.volume(.t2, grid, moved: truth))
        // A quarter of a voxel. What is good enough is set on real heads: docs/benchmarks/registration.md.
        #expect(try error(found.motion, truth) < 1, "\(found)")
        #expect(found.checks.verdict != .lost, "\(found.checks)")
        #expect(abs(found.checks.degrees - truth.degrees) < 0.5)
    }

    /// Other patients' heads differ in more than a phantom's can: Tests/CrossChecks/registration.py.
    @Test func aMirroredHeadIsNotGood() throws {
        let mirrored = HeadPhantom(seed: 1, isMirrored: true).volume(.t2, HeadPhantom.axial)
        #expect(try result(mirrored).checks.verdict != .good)
    }

    @Test func aHeaderTurnedByARightAngleIsNotGood() throws {
        let turn = motion([0, 0, 90], .zero)
        var volume = Self.head.volume(.t2, HeadPhantom.axial)
        let affine = volume.grid.affine
        func turned(_ a: SIMD3<Double>) -> SIMD3<Double> { turn.moved(a) }
        volume.grid.affine = Affine(
            i: turned(affine.i), j: turned(affine.j), k: turned(affine.k), origin: turned(affine.origin))
        #expect(try result(volume).checks.verdict != .good)
    }

    @Test func theSameBitsForAnyNumberOfThreads() throws {
        let moving = Self.head.volume(.flair, HeadPhantom.axial, moved: motion([4, -3, 6], [3, 8, -5]))
        let one = try Parallel.withThreads(1) { try result(moving) }
        for threads in [3] {
            #expect(try Parallel.withThreads(threads) { try result(moving) } == one)
        }
    }

    @Test func aKnownMotionIsRefinedInsideARegion() throws {
        let truth = motion([2, 1, -3], [4, -2, 3])
        let moving = Self.head.volume(.t2, HeadPhantom.axial, moved: truth)
        let registration = try RigidRegistration(
            fixed: Pyramid(Self.fixed, .fixed), moving: Pyramid(moving, .moving),
            within: { ($0 * $0).sum() < 55 * 55 })
        let near = motion([1, 2, -2], [3, -1, 2])
        let found = registration.refined(near)
        #expect(try error(found, truth) < 0.8)
    }

    @Test func aRegisteredImageLiesOnTheReferencesGrid() throws {
        let truth = motion([0, 0, 20], [10, 0, 5])
        let moving = Self.head.volume(.t2, HeadPhantom.sagittal, moved: truth)
        let placed = moving.registered(by: truth, onto: HeadPhantom.axial)
        let expected = Self.head.volume(.t2, HeadPhantom.axial)
        #expect(placed.grid == HeadPhantom.axial)
        // Interpolated between other voxels: edges differ, the image does not.
        let far = zip(placed.voxels, expected.voxels).count { abs($0 - $1) > 200 }
        #expect(Double(far) < 0.08 * Double(expected.voxels.count))
        let unmoved = zip(moving.registered(by: .identity, onto: HeadPhantom.axial).voxels, expected.voxels)
        #expect(unmoved.count { abs($0 - $1) > 200 } > 2 * far)
    }

    @Test func imagesThatShowNothingAreRefused() throws {
        let grid = HeadPhantom.axial
        for value: Float in [0, 7, .nan, -3] {
            let error = #expect(throws: RegistrationError.self) {
                try Pyramid(Volume(grid: grid, voxels: Array(repeating: value, count: grid.count)), .moving)
            }
            #expect(error?.code == .showsNothing && error?.image == .moving)
        }
        let slab = SyntheticVolumes.random(SyntheticVolumes.grid([90, 90, 3]), seed: 1)
        #expect(throws: RegistrationError.self) { try Pyramid(slab, .fixed) }
    }

    /// Voxels that are no numbers, and images that lie nowhere near each other, end in a verdict.
    @Test func oddImagesGetAVerdict() throws {
        var damaged = Self.head.volume(.t2, HeadPhantom.axial)
        for index in stride(from: 0, to: damaged.voxels.count, by: 50) { damaged.voxels[index] = .nan }
        #expect(try result(damaged).checks.verdict == .good)
        let noise = SyntheticVolumes.random(SyntheticVolumes.grid([60, 60, 60], spacing: [3, 3, 3]), seed: 2)
        #expect(try result(noise).checks.verdict == .lost)
    }
}
