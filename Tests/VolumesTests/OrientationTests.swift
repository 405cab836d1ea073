import TestSupport
import Testing
import Volumes

/// An oblique grid in RAS order, turned about all three axes but by less than half the way to the next axis.
private let oblique = Grid(
    size: [4, 5, 6],
    affine: Affine(i: [0.9, 0.2, -0.1], j: [-0.3, 1.1, 0.2], k: [0.1, -0.4, 2.5], origin: [-20.5, 13.25, 7]))

@Suite struct OrientationTests {
    @Test(arguments: SyntheticVolumes.axisOrders.indices, [false, true])
    func everyStorageOrderIsTheSameVolume(order: Int, isOblique: Bool) {
        let ras = isOblique ? oblique : SyntheticVolumes.grid([4, 5, 6], spacing: [1, 1.5, 3], origin: [-3, 4, 5])
        let truth = SyntheticVolumes.field(ras) { 3 * $0.x - 50 * $0.y + 700 * $0.z }
        let (permutation, flips) = SyntheticVolumes.axisOrders[order]
        let grid = SyntheticVolumes.stored(ras, permutation: permutation, flips: flips)
        // Each stored voxel is fetched from the RAS volume by its index, so both hold the same numbers to the bit.
        var stored = Volume(grid: grid, voxels: [Float](repeating: 0, count: grid.count))
        for k in 0..<grid.size.z {
            for j in 0..<grid.size.y {
                for i in 0..<grid.size.x {
                    var index = [0, 0, 0]
                    for (n, place) in [i, j, k].enumerated() {
                        index[permutation[n]] = flips[n] ? ras.size[permutation[n]] - 1 - place : place
                    }
                    stored[i, j, k] = truth[index[0], index[1], index[2]]
                }
            }
        }

        let letters = (0..<3).map { ["RAS", "LPI"][flips[$0] ? 1 : 0].map(String.init)[permutation[$0]] }.joined()
        #expect(grid.orientationCode == letters)
        let back = stored.reorientedToRAS()
        #expect(back.voxels == truth.voxels)
        #expect(back.grid.isClose(to: ras, tolerance: 1e-9))
        #expect(grid.reorientedToRAS() == back.grid)
        #expect(back.grid.orientationCode == "RAS")

        let again = back.reoriented(to: grid)
        #expect(again.voxels == stored.voxels)
        #expect(again.grid == grid)
        #expect(stored.reoriented(to: ras).voxels == truth.voxels)
    }

    @Test func axesAreAssignedTogether() {
        // Both i and j lie nearest to x; only one may have it.
        let affine = Affine(i: [1, 0.1, 0], j: [0.8, 0.6, 0], k: [0, 0, -1], origin: .zero)
        #expect(Grid(size: [2, 2, 2], affine: affine).orientationCode == "RAI")
        let swapped = Affine(i: [0.8, 0.6, 0], j: [1, 0.1, 0], k: [0, 0, -1], origin: .zero)
        #expect(Grid(size: [2, 2, 2], affine: swapped).orientationCode == "ARI")
    }

    @Test func aTieIsBrokenTheSameWayDespiteRounding() {
        let half = 0.5.squareRoot()
        for noise in [0, 1e-15, -1e-15, 1e-12] {
            let affine = Affine(i: [half + noise, half, 0], j: [-half, half - noise, 0], k: [0, 0, 1], origin: .zero)
            let grid = Grid(size: [3, 4, 5], affine: affine)
            #expect(grid.orientationCode == "RAS")
            #expect(grid.reorientedToRAS() == grid)
        }
    }

    @Test func inverseAffines() throws {
        let point = SIMD3(1.5, -2.25, 3.75)
        let voxel = try #require(oblique.affine.voxel(oblique.affine.world(point)))
        for n in 0..<3 { #expect(abs(voxel[n] - point[n]) < 1e-12) }
        let inverse = try #require(oblique.affine.inverse())
        for n in 0..<3 { #expect(abs(inverse.world(oblique.affine.world(point))[n] - point[n]) < 1e-12) }
        #expect(Affine(i: [1, 0, 0], j: [2, 0, 0], k: [0, 0, 1], origin: .zero).inverse() == nil)
        #expect(Affine(i: [0, 0, 0], j: [0, 1, 0], k: [0, 0, 1], origin: .zero).voxel(.zero) == nil)
        #expect(Affine(i: [.nan, 0, 0], j: [0, 1, 0], k: [0, 0, 1], origin: .zero).inverse() == nil)
    }

    @Test func spacingIsTheLengthOfTheSteps() {
        let grid = Grid(size: [1, 1, 1], affine: Affine(i: [3, 4, 0], j: [0, 0, 2], k: [-1, 0, 0], origin: .zero))
        #expect(grid.spacing == [5, 2, 1])
    }
}
