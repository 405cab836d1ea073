import TestSupport
import Foundation
import Preprocessing
import Testing
import Volumes

@Suite struct InverseTests {
    @Test func withoutResamplingTheRoundTripIsExact() throws {
        let grid = Phantom.grid(SIMD3(29, 45, 4), spacing: SIMD3(1.004, 0.997, 3))
        let patient = try Preprocessor(.test(contrasts: ["A", "B"])).prepare([
            Phantom.input(Phantom.brain(grid, seed: 5)), Phantom.input(Phantom.brain(grid, seed: 6)),
        ])
        for contrast in 0..<2 {
            let image = try #require(patient.stack.images[contrast])
            #expect(patient.volume(fromImage: image, scale: 1).voxels == patient.normalised(contrast)?.voxels)
        }
        #expect(patient.spacing == SIMD2(1.004, 0.997))
    }

    @Test func outsideTheBrainIsZeroAndNothingNegative() throws {
        let grid = Phantom.grid(SIMD3(40, 60, 3), spacing: SIMD3(0.7, 0.7, 3))
        let patient = try Preprocessor(.test()).prepare([Phantom.input(Phantom.brain(grid, seed: 7))])
        let count = patient.stack.brain.count
        let bright = patient.volume(fromImage: [Float](repeating: 2, count: count), scale: 100)
        #expect(bright.grid == grid)
        for (value, inside) in zip(bright.voxels, patient.brain.voxels) {
            // No darkening at the rim: a constant image gives a constant brain.
            #expect(inside == 1 ? value == 0 || abs(value - 200) < 1e-3 : value == 0)
        }
        #expect(bright.voxels.count { $0 > 0 } * 100 > patient.brain.voxels.count { $0 > 0 } * 99)
        let negative = patient.volume(fromImage: [Float](repeating: -1, count: count), scale: 100)
        #expect(negative.voxels.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [0.72, 1.3, 0.5]) func resamplingKeepsPlaceAndSize(spacing: Double) throws {
        // Intensity is a linear function of the world position, so every pixel tells where it lies.
        let grid = Phantom.grid(
            SIMD3(Int(30 / spacing), Int(44 / spacing), 3), spacing: SIMD3(spacing, spacing, 4))
        let image = SyntheticVolumes.volume(grid) { i, j, k in
            Phantom.isInside(grid, i, j, 1) ? Float(200 + 2 * Double(i) * spacing + Double(j) * spacing) : 0
        }
        let patient = try Preprocessor(.test()).prepare([Phantom.input(image)])
        let stack = patient.stack
        #expect(patient.spacing == SIMD2(1, 1) && stack.slices == 3)
        #expect(patient.notes.contains { $0.contains("in plane") && $0.contains("\(spacing)") })
        let (pixels, scale) = (try #require(stack.images[0]), try #require(stack.scales[0]))
        for row in 10..<stack.height - 10 {
            for column in 10..<stack.width - 10 {
                let pixel = (stack.height + row) * stack.width + column
                guard stack.brain[pixel], stack.brain[pixel + 1], stack.brain[pixel + stack.width] else { continue }
                #expect(abs((pixels[pixel + 1] - pixels[pixel]) * scale - 2) < 0.75)
                #expect(abs((pixels[pixel + stack.width] - pixels[pixel]) * scale - 1) < 0.75)
            }
        }
        // The middle of the phantom is the middle of the resampled brain.
        let centre = patient.volume(fromImage: pixels, scale: scale)
        var worst: Float = 0
        var total = 0.0
        for (found, truth) in zip(centre.voxels, image.voxels) where truth > 0 {
            worst = max(worst, abs(found - truth))
            total += Double(found - truth)
        }
        #expect(worst < 3)
        #expect(abs(total / Double(image.voxels.count { $0 > 0 })) < 0.05)
        // Area is kept to about a pixel along the rim.
        let area = Double(image.voxels.count { $0 > 0 }) * spacing * spacing
        #expect(abs(Double(stack.brain.count { $0 }) / area - 1) < 0.03)
    }
}
