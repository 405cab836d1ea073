import TestSupport
import Reports
import Testing
import Volumes

@Suite struct SlicePictureTests {
    /// A single bright voxel at the patient's right, front and top.
    private let marked = SyntheticVolumes.volume(SyntheticVolumes.grid([8, 10, 6])) { i, j, k in
        i == 6 && j == 8 && k == 4 ? 2 : 0
    }

    private func brightest(_ picture: GrayPicture) throws -> (x: Int, y: Int) {
        let at = try #require(picture.pixels.indices.max { picture.pixels[$0] < picture.pixels[$1] })
        return (at % picture.width, at / picture.width)
    }

    @Test func axialHasRightOnTheLeftAndFrontOnTop() throws {
        let picture = SlicePicture.draw(marked, plane: .axial, index: 4, white: 2, millimetresPerPixel: 1)
        #expect(picture.width == 8 && picture.height == 10)
        #expect(try brightest(picture) == (1, 1))
        #expect(picture.pixels.max() == 255)
    }

    @Test func coronalHasRightOnTheLeftAndTopOnTop() throws {
        let picture = SlicePicture.draw(marked, plane: .coronal, index: 8, white: 2, millimetresPerPixel: 1)
        #expect(picture.width == 8 && picture.height == 6)
        #expect(try brightest(picture) == (1, 1))
    }

    @Test func sagittalHasFrontOnTheLeftAndTopOnTop() throws {
        let picture = SlicePicture.draw(marked, plane: .sagittal, index: 6, white: 2, millimetresPerPixel: 1)
        #expect(picture.width == 10 && picture.height == 6)
        #expect(try brightest(picture) == (1, 1))
    }

    @Test func unequalSpacingKeepsTheShape() {
        let volume = SyntheticVolumes.volume(SyntheticVolumes.grid([20, 30, 5], spacing: [0.5, 1, 4])) { _, _, _ in 1 }
        let axial = SlicePicture.draw(volume, plane: .axial, index: 2, white: 1, millimetresPerPixel: 0.25)
        #expect(axial.width == 40 && axial.height == 120)
        let coronal = SlicePicture.draw(volume, plane: .coronal, index: 2, white: 1, millimetresPerPixel: 0.25)
        #expect(coronal.width == 40 && coronal.height == 80)
        #expect(axial.pixels.allSatisfy { $0 == 255 })
    }

    @Test func enlargingInterpolatesLinearly() {
        let volume = SyntheticVolumes.volume(SyntheticVolumes.grid([2, 1, 1])) { i, _, _ in Float(i) }
        let picture = SlicePicture.draw(volume, plane: .axial, index: 0, white: 1, millimetresPerPixel: 0.25)
        #expect(picture.width == 8)
        let row = Array(picture.pixels.prefix(8))
        #expect(row == [255, 255, 223, 159, 96, 32, 0, 0])
    }

    @Test func windowAndBrokenVoxels() {
        let values: [Float] = [-1, 0, 0.5, 1, 3, .nan, .infinity, -.infinity]
        let volume = SyntheticVolumes.volume(SyntheticVolumes.grid([8, 1, 1])) { i, _, _ in values[i] }
        let picture = SlicePicture.draw(volume, plane: .axial, index: 0, white: 1, millimetresPerPixel: 1)
        #expect(Array(picture.pixels.reversed()) == [0, 0, 128, 255, 255, 0, 255, 0])
        for white in [Float(0), -1, .nan, .infinity] {
            let black = SlicePicture.draw(volume, plane: .axial, index: 0, white: white, millimetresPerPixel: 1)
            #expect(black.pixels.allSatisfy { $0 == 0 }, "white \(white)")
        }
    }

    @Test(arguments: [SIMD3<Double>(0, 0, 0), [.nan, 1, 1], [1e-300, 1, 1e300], [1, 1e9, 1]])
    func strangeSpacingStaysWithinBounds(spacing: SIMD3<Double>) {
        let volume = SyntheticVolumes.volume(SyntheticVolumes.grid([3, 3, 3], spacing: spacing)) { _, _, _ in 1 }
        for plane in SlicePicture.Plane.allCases {
            let picture = SlicePicture.draw(volume, plane: plane, index: 1, white: 1, millimetresPerPixel: 1)
            #expect((1...4096).contains(picture.width) && (1...4096).contains(picture.height))
        }
        #expect(PNGDecoder(QuickLook.png([("strange", volume)])) != nil)
    }

    @Test func slicesComeFromTheLargestRegionSpreadEvenly() {
        // Slices 10…29 are full, the rest holds a few voxels.
        let brain = SyntheticVolumes.volume(SyntheticVolumes.grid([10, 10, 40])) { i, j, k in
            (10..<30).contains(k) || (i == 5 && j == 5) ? 1 : 0
        }
        #expect(SliceSelection.axial(brain, count: 4) == [27, 22, 17, 12])
        #expect(SliceSelection.axial(brain, count: 100).count == 20)
        let empty = SyntheticVolumes.volume(SyntheticVolumes.grid([4, 4, 3])) { _, _, _ in 0 }
        #expect(SliceSelection.axial(empty, count: 5) == [2, 1, 0])
    }

    @Test func boxHoldsTheContentAndAMargin() {
        let volume = SyntheticVolumes.volume(SyntheticVolumes.grid([20, 20, 20], spacing: [2, 1, 1])) { i, j, k in
            i == 10 && (5...6).contains(j) && k == 1 ? 1 : 0
        }
        let box = SliceSelection.box(of: volume, margin: 4)
        #expect(box == SlicePicture.Box(low: [8, 1, 0], high: [12, 10, 5]))
        let empty = SyntheticVolumes.volume(SyntheticVolumes.grid([4, 5, 6])) { _, _, _ in 0 }
        #expect(SliceSelection.box(of: empty) == SlicePicture.Box(low: .zero, high: [3, 4, 5]))
    }

    @Test func percentileLooksAtPositiveNumbersOnly() {
        let volume = SyntheticVolumes.volume(SyntheticVolumes.grid([1001, 1, 1])) { i, _, _ in
            i < 500 ? -Float(i) : Float(i - 500)
        }
        #expect(abs(SliceSelection.percentile(volume, 0.5) - 250) <= 1)
        let none = SyntheticVolumes.volume(SyntheticVolumes.grid([3, 1, 1])) { i, _, _ in [.nan, 0, -.infinity][i] }
        #expect(SliceSelection.percentile(none) == 0)
    }
}
