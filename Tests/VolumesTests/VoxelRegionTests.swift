import Volumes
import Tensors
import TestSupport
import Testing

@Suite struct VoxelRegionTests {
    private func random(_ size: SIMD3<Int>, share: Float, seed: UInt64) -> VoxelRegion {
        var generator = SplitMix64(seed: seed)
        return VoxelRegion(size, (0..<size.x * size.y * size.z).map { _ in generator.unit() < share })
    }

    private func place(_ index: Int, _ size: SIMD3<Int>) -> SIMD3<Double> {
        SIMD3(Double(index % size.x), Double(index / size.x % size.y), Double(index / (size.x * size.y)))
    }

    @Test(arguments: [SIMD3(7, 5, 6), SIMD3(1, 9, 4), SIMD3(6, 1, 1)]) func distancesAreThoseToTheNearestVoxel(
        size: SIMD3<Int>
    ) {
        let spacing = SIMD3(0.7, 1.3, 4)
        for seed in 0..<5 as Range<UInt64> {
            let region = random(size, share: 0.15, seed: seed)
            let distances = region.distance(spacing: spacing)
            for index in region.voxels.indices {
                let nearest = region.voxels.indices.filter { region.voxels[$0] }.map { other in
                    let way = (place(index, size) - place(other, size)) * spacing
                    return (way * way).sum().squareRoot()
                }.min()
                guard let nearest else {
                    #expect(distances[index] == .infinity)
                    continue
                }
                #expect(abs(Double(distances[index]) - nearest) < 1e-4)
            }
        }
    }

    @Test func filledClosesWhatTheBorderDoesNotReach() {
        let size = SIMD3(7, 7, 7)
        let shell = VoxelRegion(
            size,
            (0..<343).map { index in
                let offset = place(index, size) - 3
                return [abs(offset.x), abs(offset.y), abs(offset.z)].max() == 2
            })
        #expect(shell.filled().count == 125)
        var open = shell
        open.voxels[3 + 7 * (3 + 7 * 5)] = false
        #expect(open.filled().count == 97)
        #expect(shell.filled().eroded().count == 27)
        #expect(shell.filled().mainBodies().count == 125)
    }

    @Test func bodiesOfATenthOfTheLargestAreKept() {
        var voxels = [Bool](repeating: false, count: 60)
        for index in Array(0..<20) + [40, 57, 58] { voxels[index] = true }
        let bodies = VoxelRegion(SIMD3(10, 6, 1), voxels).mainBodies()
        #expect(bodies.voxels.indices.filter { bodies.voxels[$0] } == Array(0..<20) + [57, 58])
        #expect(VoxelRegion(SIMD3(2, 2, 2), Array(repeating: false, count: 8)).mainBodies().count == 0)
    }

    /// In a slab of few slices fluid that the first and the last one cut is closed in by the others' tissue.
    @Test func aSlabIsFilledSliceBySlice() {
        let size = SIMD3(9, 9, 2)
        let ring = VoxelRegion(
            size,
            (0..<162).map { index in
                let offset = place(index, size)
                return [abs(offset.x - 4), abs(offset.y - 4)].max() == 2
            })
        #expect(ring.filled().count == 50)
    }
}
