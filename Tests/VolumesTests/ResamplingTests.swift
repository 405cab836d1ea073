import TestSupport
import Testing
import Volumes

@Suite struct ResamplingTests {
    private let source = SyntheticVolumes.grid([12, 10, 8], spacing: [1, 1.5, 3], origin: [-6, -7, -10])

    private func linear(_ world: SIMD3<Double>) -> Double { 2 * world.x - 3 * world.y + 0.5 * world.z + 100 }

    @Test func ontoItselfNothingChanges() {
        var volume = SyntheticVolumes.random(source, seed: 1)
        volume.voxels[17] = .nan
        let near = Grid(
            size: source.size,
            affine: Affine(i: [1, 1e-6, 0], j: [0, 1.5, 0], k: [0, 0, 3], origin: source.affine.origin))
        let same = volume.resampled(onto: near)
        #expect(zip(same.voxels, volume.voxels).allSatisfy { $0.bitPattern == $1.bitPattern })
        #expect(same.grid == near)
    }

    @Test(arguments: SyntheticVolumes.axisOrders.indices)
    func ontoAnotherStorageOrderItIsReorientation(order: Int) {
        let (permutation, flips) = SyntheticVolumes.axisOrders[order]
        let volume = SyntheticVolumes.random(source, seed: 2)
        let grid = SyntheticVolumes.stored(source, permutation: permutation, flips: flips)
        #expect(volume.resampled(onto: grid).voxels == volume.reoriented(to: grid).voxels)
    }

    @Test func aLinearFieldIsReproduced() {
        let volume = SyntheticVolumes.field(source, linear)
        // Oblique and finer; every centre lies between the source's outermost centres.
        let affine = Affine(i: [0.5, 0.1, 0], j: [-0.1, 0.7, 0.2], k: [0.1, 0, 1.1], origin: [-4, -5, -8])
        let target = Grid(size: [12, 13, 10], affine: affine)
        let expected = SyntheticVolumes.field(target, linear)
        let found = volume.resampled(onto: target)
        #expect(zip(found.voxels, expected.voxels).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func halfwayBetweenTwoVoxelsIsTheirMean() {
        let volume = Volume(grid: SyntheticVolumes.grid([2, 2, 2]), voxels: [0, 1, 2, 3, 4, 5, 6, 7])
        let target = SyntheticVolumes.grid([1, 1, 1], origin: [0.5, 0.5, 0.5])
        #expect(volume.resampled(onto: target).voxels == [3.5])
        let onEdge = SyntheticVolumes.grid([1, 1, 1], origin: [0.25, 0, 1])
        #expect(volume.resampled(onto: onEdge).voxels == [4.25])
    }

    @Test func theBorderReachesHalfAVoxel() {
        let volume = Volume(grid: SyntheticVolumes.grid([3, 1, 1]), voxels: [5, 6, 7])
        let fine = SyntheticVolumes.grid([8, 1, 1], spacing: [0.5, 1, 1], origin: [-1, 0, 0])
        #expect(volume.resampled(onto: fine).voxels == [0, 5, 5, 5.5, 6, 6.5, 7, 7])
        let beside = SyntheticVolumes.grid([3, 1, 1], origin: [0, 0.6, 0])
        #expect(volume.resampled(onto: beside).voxels == [0, 0, 0])
        let within = SyntheticVolumes.grid([3, 1, 1], origin: [0, -0.4, 0.4])
        #expect(volume.resampled(onto: within).voxels == [5, 6, 7])
    }

    @Test func aVoxelThatIsNotMixedInDoesNoHarm() {
        let volume = Volume(grid: SyntheticVolumes.grid([3, 1, 1]), voxels: [1, .nan, 3])
        let ends = SyntheticVolumes.grid([2, 1, 1], spacing: [2, 1, 1])
        #expect(volume.resampled(onto: ends).voxels == [1, 3])
    }

    @Test func positionsFarAwayAndNotFiniteAreOutside() {
        let volume = SyntheticVolumes.random(source, in: 1...2, seed: 3)
        let far = SyntheticVolumes.grid([2, 2, 2], spacing: [1e300, 1e300, 1e300], origin: [1e300, 0, 0])
        #expect(volume.resampled(onto: far).voxels == [Float](repeating: 0, count: 8))
    }

    @Test func closenessLooksAtEveryCorner() {
        var other = source
        #expect(source.isClose(to: other))
        other.affine.origin.x += 5e-4
        #expect(source.isClose(to: other))
        other.affine.origin.x += 1e-3
        #expect(!source.isClose(to: other))
        #expect(source.isClose(to: other, tolerance: 0.01))
        other = source
        // A small turn moves only the far corner by more than the tolerance.
        other.affine.k.x += 5e-4
        #expect(!source.isClose(to: other))
        other = source
        other.size.z += 1
        #expect(!source.isClose(to: other))
        other = source
        other.affine.j.y = .nan
        #expect(!source.isClose(to: other))
    }

    @Test func overlapOfBoxes() {
        let box = SyntheticVolumes.grid([10, 10, 10])
        #expect(box.overlaps(box))
        #expect(box.overlaps(SyntheticVolumes.grid([10, 10, 10], origin: [9.5, 0, 0])))
        #expect(!box.overlaps(SyntheticVolumes.grid([10, 10, 10], origin: [10, 0, 0])), "boxes that touch")
        #expect(!box.overlaps(SyntheticVolumes.grid([10, 10, 10], origin: [0, 0, -40])))
        #expect(
            box.overlaps(SyntheticVolumes.grid([1, 1, 1], spacing: [0.1, 0.1, 0.1], origin: [5, 5, 5])),
            "one inside the other")
        // A diamond beside the corner: the boxes around both overlap, they themselves do not.
        let half = 0.5.squareRoot()
        func diamond(_ x: Double) -> Grid {
            Grid(
                size: [10, 10, 10],
                affine: Affine(i: [half, -half, 0], j: [half, half, 0], k: [0, 0, 1], origin: [x, x, 0]))
        }
        #expect(!box.overlaps(diamond(11.5)))
        #expect(box.overlaps(diamond(6)))
        #expect(!box.overlaps(SyntheticVolumes.grid([10, 10, 10], spacing: [.nan, .nan, .nan])))
    }
}
