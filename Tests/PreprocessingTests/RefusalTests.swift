import TestSupport
import Preprocessing
import Testing
import Volumes

@Suite struct RefusalTests {
    private let grid = Phantom.grid(SIMD3(20, 24, 3))

    private func refusal(
        _ inputs: [PreprocessingInput?], mask: PreprocessingInput? = nil, _ settings: PreprocessingSettings? = nil
    ) -> PreprocessingError? {
        #expect(throws: PreprocessingError.self) {
            try Preprocessor(settings ?? .test(contrasts: ["T1", "T2"])).prepare(inputs, brainMask: mask)
        }
    }

    private func expect(
        _ error: PreprocessingError?, _ code: PreprocessingError.Code, path: String, mentions: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(error?.path == path, sourceLocation: sourceLocation)
        for word in mentions + [path] where !word.isEmpty {
            #expect(
                error?.message.contains(word) == true, "\(word): \(error?.message ?? "")",
                sourceLocation: sourceLocation)
        }
        #expect(error?.message.contains { $0.isNewline } == false, sourceLocation: sourceLocation)
    }

    private var good: PreprocessingInput? { Phantom.input(Phantom.brain(grid, seed: 1), "p/T1.nii") }

    @Test func noContrast() {
        expect(refusal([nil, nil]), .noContrast, path: "", mentions: ["T1", "T2"])
    }

    @Test func volumesWithoutSignal() {
        let zeros = SyntheticVolumes.volume(grid) { _, _, _ in 0 }
        let negative = SyntheticVolumes.volume(grid) { _, _, _ in -1 }
        expect(refusal([good, Phantom.input(zeros, "p/T2.nii")]), .empty, path: "p/T2.nii", mentions: ["T2"])
        expect(refusal([Phantom.input(negative, "p/T1.nii"), nil]), .empty, path: "p/T1.nii", mentions: ["T1"])
        let ones = Phantom.mask(grid)
        expect(
            refusal([good, Phantom.input(ones, "p/T2.nii")]), .degenerate, path: "p/T2.nii", mentions: ["same value"])
    }

    @Test func nothingToDivideBy() {
        // One bright voxel in a mask of thousands: the 99.5th percentile is 0.
        let lone = SyntheticVolumes.volume(grid) { i, j, k in i == 10 && j == 12 && k == 1 ? 7 : 0 }
        let all = SyntheticVolumes.volume(grid) { _, _, _ in 1 }
        expect(
            refusal([Phantom.input(lone, "p/T1.nii"), nil], mask: Phantom.input(all, "mask.nii")), .degenerate,
            path: "p/T1.nii", mentions: ["T1"])
        // A quotient that no float holds.
        let extreme = SyntheticVolumes.volume(grid) { i, j, _ in i == 0 && j == 0 ? 1e38 : 1e-30 * Float(1 + i) }
        expect(refusal([Phantom.input(extreme, "p/T1.nii"), nil]), .degenerate, path: "p/T1.nii", mentions: [])
    }

    /// Programs mark the background so; what is inside the brain is `InputCheck`'s to tell.
    @Test func voxelsThatAreNotNumbersCountAsZero() throws {
        let preprocessor = Preprocessor(.test(contrasts: ["T1", "T2"]))
        var zeros = Phantom.brain(grid, seed: 2)
        zeros[3, 3, 1] = 0
        zeros[4, 3, 1] = 0
        var broken = zeros
        broken[3, 3, 1] = .nan
        broken[4, 3, 1] = -.infinity
        let (one, other) = (
            try preprocessor.prepare([good, Phantom.input(zeros)]),
            try preprocessor.prepare([good, Phantom.input(broken)])
        )
        #expect(one.stack.images == other.stack.images && one.stack.brain == other.stack.brain)
        let mask = Phantom.mask(grid)
        var marked = mask
        marked.voxels = marked.voxels.map { $0 > 0 ? 1 : .nan }
        #expect(
            try preprocessor.prepare([good, nil], brainMask: Phantom.input(marked)).stack.brain
                == preprocessor.prepare([good, nil], brainMask: Phantom.input(mask)).stack.brain)
    }

    @Test func contrastsApartInSpace() {
        var elsewhere = Phantom.brain(grid, seed: 3)
        elsewhere.grid.affine.origin.z += 500
        expect(
            refusal([good, Phantom.input(elsewhere, "p/T2.nii")]), .noOverlap, path: "p/T2.nii", mentions: ["p/T1.nii"])
        // The boxes meet but the tissue does not.
        var corner = SyntheticVolumes.volume(grid) { i, j, _ in i < 4 && j < 4 ? Float(1 + i) : 0 }
        corner.grid.affine.origin.x -= 10
        expect(refusal([good, Phantom.input(corner, "p/T2.nii")]), .empty, path: "p/T2.nii", mentions: ["T2"])
    }

    @Test func masks() {
        let empty = SyntheticVolumes.volume(grid) { _, _, _ in -1 }
        expect(refusal([good, nil], mask: Phantom.input(empty, "m.nii")), .badMask, path: "m.nii", mentions: ["empty"])
        var elsewhere = Phantom.mask(grid)
        elsewhere.grid.affine.origin.y -= 500
        expect(
            refusal([good, nil], mask: Phantom.input(elsewhere, "m.nii")), .badMask, path: "m.nii",
            mentions: ["p/T1.nii"])
        let beside = SyntheticVolumes.volume(grid) { i, j, _ in i == 0 && j == 0 ? 1 : 0 }
        expect(
            refusal([good, nil], mask: Phantom.input(beside, "m.nii")), .empty, path: "p/T1.nii", mentions: ["mask"])
    }

    @Test func unusableGeometry() {
        let affines = [
            Affine(i: SIMD3(0, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: SIMD3(0, 0, 0)),
            Affine(i: SIMD3(1, 0, 0), j: SIMD3(1, 0, 0), k: SIMD3(0, 0, 1), origin: SIMD3(0, 0, 0)),
            Affine(i: SIMD3(.nan, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: SIMD3(0, 0, 0)),
            Affine(i: SIMD3(1e9, 0, 0), j: SIMD3(0, 1, 0), k: SIMD3(0, 0, 1), origin: SIMD3(0, 0, 0)),
            Affine(i: SIMD3(1e200, 0, 0), j: SIMD3(0, 1e200, 0), k: SIMD3(0, 0, 1e200), origin: SIMD3(0, 0, 0)),
        ]
        for affine in affines {
            var volume = Phantom.brain(grid, seed: 4)
            volume.grid.affine = affine
            expect(refusal([Phantom.input(volume, "p/T1.nii"), nil]), .badGeometry, path: "p/T1.nii", mentions: [])
        }
        let none = Volume(grid: Phantom.grid(SIMD3(0, 5, 5)), voxels: [])
        expect(refusal([Phantom.input(none, "p/T1.nii"), nil]), .badGeometry, path: "p/T1.nii", mentions: [])
        // A brain of one voxel of 0.01 mm has no pixel at 1 mm.
        var tiny = SyntheticVolumes.volume(grid) { i, j, _ in i == 3 && j == 3 ? Float(1 + i) : 0 }
        tiny[3, 3, 0] = 9
        tiny.grid.affine.i /= 100
        tiny.grid.affine.j /= 100
        expect(refusal([Phantom.input(tiny, "p/T1.nii"), nil]), .badGeometry, path: "p/T1.nii", mentions: ["1.0 mm"])
    }

    @Test func settings() {
        for (height, width, spacing) in [
            (40, 32, 1.0), (48, 0, 1), (48, 32, 0), (48, 32, .nan), (-16, 32, 1), (1 << 40, 32, 1),
        ] {
            let settings = PreprocessingSettings.test(
                contrasts: ["T1", "T2"], height: height, width: width, spacing: spacing)
            expect(refusal([good, nil], settings), .badSettings, path: "", mentions: [])
        }
    }

    @Test func messageStaysOnOneLine() {
        let zeros = SyntheticVolumes.volume(grid) { _, _, _ in 0 }
        let error = refusal([Phantom.input(zeros, "p/T1\n.nii"), nil])
        #expect(error?.path == "p/T1\n.nii" && error?.message.contains { $0.isNewline } == false)
    }
}
