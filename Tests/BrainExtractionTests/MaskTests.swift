import BrainExtraction
import TestSupport
import Testing
import Volumes

/// From probabilities to masks.
struct MaskTests {
    private func probability(_ size: SIMD3<Int>, spacing: SIMD3<Double> = [1, 1, 1], _ brain: [SIMD3<Int>]) -> Volume {
        SyntheticVolumes.volume(SyntheticVolumes.grid(size, spacing: spacing)) { i, j, k in
            brain.contains(SIMD3(i, j, k)) ? 0.9 : 0.1
        }
    }

    private func voxels(_ mask: Volume) -> Set<SIMD3<Int>> {
        #expect(mask.voxels.allSatisfy { $0 == 0 || $0 == 1 })
        return Set(
            mask.voxels.indices.filter { mask.voxels[$0] == 1 }.map { index in
                SIMD3(
                    index % mask.grid.size.x, index / mask.grid.size.x % mask.grid.size.y,
                    index / mask.grid.size.x / mask.grid.size.y)
            })
    }

    /// With its corner at 1, 1, 1.
    private func cube(_ side: Int) -> [SIMD3<Int>] {
        var places: [SIMD3<Int>] = []
        for k in 1...side {
            for j in 1...side { for i in 1...side { places.append(SIMD3(i, j, k)) } }
        }
        return places
    }

    private func mask(_ probability: Volume, threshold: Float = 0.5, steps: Int = 0) throws -> Set<SIMD3<Int>> {
        voxels(try BrainExtraction.mask(from: probability, threshold: threshold, steps: steps))
    }

    @Test func theLargestBodyStays() throws {
        // Three voxels that touch by corners, two that touch by a face.
        let diagonal: [SIMD3<Int>] = [[1, 1, 1], [2, 2, 2], [3, 3, 1]]
        #expect(try mask(probability([8, 8, 8], diagonal + [[6, 6, 6], [6, 6, 5]])) == Set(diagonal))
    }

    @Test func whatItClosesInBelongsToIt() throws {
        let shell = cube(7).filter { place in (0..<3).contains { place[$0] == 1 || place[$0] == 7 } }
        #expect(try mask(probability([9, 9, 9], shell)).count == 343)
        // A hole of one voxel opens it.
        #expect(try mask(probability([9, 9, 9], shell.filter { $0 != [1, 4, 4] })).count == shell.count - 1)
    }

    @Test func growsAndShrinksByFaces() throws {
        #expect(try mask(probability([5, 5, 5], [[2, 2, 2]]), steps: 1).count == 7)
        #expect(try mask(probability([5, 5, 5], [[0, 0, 0]]), steps: 2).count == 10)
        #expect(try mask(probability([5, 5, 5], cube(3)), steps: -1) == [[2, 2, 2]])
    }

    @Test func theThresholdItselfIsOutside() throws {
        var volume = probability([6, 6, 6], [[1, 1, 1]])
        volume[0, 1, 1] = 0.5
        #expect(try mask(volume) == [[1, 1, 1]])
        #expect(try mask(volume, threshold: 0.49).count == 2)
        #expect(throws: BrainExtractionError.self) { try mask(volume, threshold: 0.95) }
    }

    @Test func contrastsAreAveragedAndGrownByMillimetres() throws {
        var one = probability([9, 9, 9], spacing: [0.5, 1, 2], [[4, 4, 4]])
        var other = one
        one[5, 4, 4] = 0.9
        other[5, 4, 4] = 0.2
        one[6, 4, 4] = 0.7
        other[6, 4, 4] = 0.2
        let bare = voxels(try BrainExtraction.mask(from: [one, other], margin: 0))
        #expect(bare == [[4, 4, 4], [5, 4, 4]])
        // Two voxels along i, one along j (and none beside it), none along k.
        let grown = voxels(try BrainExtraction.mask(from: [one, other]))
        var expected: Set<SIMD3<Int>> = [[4, 3, 4], [5, 3, 4], [4, 5, 4], [5, 5, 4]]
        for i in 2...7 { expected.insert([i, 4, 4]) }
        #expect(grown == expected)
    }

    @Test func refusals() throws {
        let one = probability([4, 4, 4], [[1, 1, 1]])
        var moved = one
        moved.grid.affine.origin.x += 0.1
        func code(_ volumes: [Volume]) -> BrainExtractionError.Code? {
            do {
                _ = try BrainExtraction.mask(from: volumes)
                return nil
            } catch {
                #expect(!error.message.contains("\n"))
                return error.code
            }
        }
        #expect(code([one, moved]) == .gridsDiffer)
        #expect(code([]) == .gridsDiffer)
        #expect(code([probability([4, 4, 4], [])]) == .noBrain)
    }
}
