import TestSupport
import Preprocessing
import Testing
import Volumes

@Suite struct PreprocessorTests {
    @Test func layoutIsRightAnteriorSuperior() throws {
        let grid = Phantom.grid(SIMD3(21, 31, 5))
        let image = Phantom.brain(grid, seed: 1)
        let patient = try Preprocessor(.test()).prepare([Phantom.input(image)])
        let stack = patient.stack
        #expect(stack.slices == 5 && stack.height == 48 && stack.width == 32)
        let scale = try #require(stack.scales[0])
        let pixels = try #require(stack.images[0])
        var seen = 0
        for k in 0..<5 {
            for j in 0..<31 {
                for i in 0..<21 {
                    let (x, y) = (i - patient.crop.x, j - patient.crop.y)
                    let pixel = (k * stack.height + y) * stack.width + x
                    #expect(pixels[pixel] == min(image[i, j, k] / scale, 1.5))
                    #expect(stack.brain[pixel] == (image[i, j, k] > 0))
                    seen += 1
                }
            }
        }
        #expect(pixels.count { $0 > 0 } == image.voxels.count { $0 > 0 })
        #expect(seen == grid.count)
        #expect(patient.notes.isEmpty)
        #expect(patient.spacing == SIMD2(1, 1))
    }

    @Test func missingContrastsStayMissing() throws {
        let grid = Phantom.grid(SIMD3(21, 31, 3))
        let (first, second) = (Phantom.brain(grid, seed: 2), Phantom.brain(grid, seed: 3))
        let patient = try Preprocessor(.test(contrasts: ["T1", "T2", "FLAIR", "PD"])).prepare(
            [nil, Phantom.input(first), nil, Phantom.input(second)])
        #expect(patient.stack.images.map { $0 != nil } == [false, true, false, true])
        #expect(patient.percentiles.map { $0 != nil } == [false, true, false, true])
        #expect(patient.normalised(0) == nil)
        #expect(patient.stack.contrasts == ["T1", "T2", "FLAIR", "PD"])
    }

    @Test func brainIsTheUnionOfTheContrasts() throws {
        let grid = Phantom.grid(SIMD3(16, 16, 1))
        let left = SyntheticVolumes.volume(grid) { i, _, _ in i < 9 ? Float(i + 1) : 0 }
        let right = SyntheticVolumes.volume(grid) { i, _, _ in i > 5 && i < 14 ? Float(i) : -1 }
        let patient = try Preprocessor(.test(contrasts: ["A", "B"])).prepare([
            Phantom.input(left), Phantom.input(right),
        ])
        #expect(patient.brain.voxels == SyntheticVolumes.volume(grid) { i, _, _ in i < 14 ? 1 : 0 }.voxels)
    }

    @Test func contrastOnAnotherGridIsResampledWithANote() throws {
        // A ramp along x in mm: linear interpolation is exact.
        let reference = Phantom.grid(SIMD3(24, 20, 6))
        let finer = Phantom.grid(SIMD3(48, 40, 12), spacing: SIMD3(0.5, 0.5, 0.5))
        let ramp: (Grid) -> Volume = { grid in
            SyntheticVolumes.volume(grid) { i, j, k in
                Float(100 + grid.affine.world(SIMD3(Double(i), Double(j), Double(k))).x)
            }
        }
        let patient = try Preprocessor(.test(contrasts: ["T1", "T2"])).prepare([
            Phantom.input(ramp(reference), "p/T1.nii"), Phantom.input(ramp(finer), "p/T2.nii"),
        ])
        let (first, second) = (try #require(patient.normalised(0)), try #require(patient.normalised(1)))
        let (a, b) = (try #require(patient.percentiles[0]), try #require(patient.percentiles[1]))
        for i in 0..<23 { #expect(abs(first[i, 10, 3] * a - second[i, 10, 3] * b) < 1e-3) }
        #expect(patient.notes.contains { $0.contains("p/T2.nii") && $0.contains("resampled") && $0.contains("T1") })

        var close = ramp(reference)
        close.grid.affine.origin.x += 5e-4
        let same = try Preprocessor(.test(contrasts: ["T1", "T2"])).prepare(
            [Phantom.input(ramp(reference)), Phantom.input(close)])
        #expect(same.stack.images[0] == same.stack.images[1])
        #expect(same.notes.allSatisfy { !$0.contains("resampled") })
    }

    @Test func maskOnAnotherGridIsResampled() throws {
        let grid = Phantom.grid(SIMD3(24, 20, 6))
        let coarse = Phantom.grid(SIMD3(12, 10, 6), spacing: SIMD3(2, 2, 1))
        let mask = SyntheticVolumes.volume(coarse) { i, _, _ in i < 6 ? 1 : 0 }
        let patient = try Preprocessor(.test()).prepare(
            [Phantom.input(Phantom.brain(grid, seed: 4))], brainMask: Phantom.input(mask, "p/mask.nii"))
        #expect(patient.brain[10, 10, 3] == 1 && patient.brain[12, 10, 3] == 0)
        #expect(patient.notes.contains { $0.contains("p/mask.nii") })
    }

    @Test func backgroundThatIsNotZeroIsNoted() throws {
        let grid = Phantom.grid(SIMD3(16, 16, 2))
        let patient = try Preprocessor(.test()).prepare([
            Phantom.input(SyntheticVolumes.volume(grid) { i, j, _ in Float(1 + i + j) })
        ])
        #expect(patient.notes.contains { $0.contains("brain mask") })
    }
}
