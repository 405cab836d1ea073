import Preprocessing
import TestSupport
import Testing
import Volumes

@Suite struct StorageOrderTests {
    private let settings = PreprocessingSettings.test(contrasts: ["A", "B", "C"])

    /// Spacing that the network takes as it is, one that is resampled, and one that differs between x and y.
    @Test(arguments: [SIMD3(1, 1, 3), SIMD3(0.75, 0.75, 2), SIMD3(1, 1.25, 1)])
    func storageOrderDoesNotMatter(spacing: SIMD3<Double>) throws {
        let grid = Phantom.grid(SIMD3(22, 27, 5), spacing: spacing)
        var volumes = (0..<3).map { Phantom.brain(grid, seed: 10 + UInt64($0)) }
        // The third contrast has to be resampled onto the others' grid.
        volumes[2].grid.affine.origin += SIMD3(0.25, 0.5, -0.75)
        let mask = Phantom.mask(grid)
        let plain = try Preprocessor(settings).prepare(
            volumes.map { Phantom.input($0) }, brainMask: Phantom.input(mask))
        let image = try #require(plain.stack.images[1])
        let inverse = plain.volume(fromImage: image, scale: 321)
        let normalised = try #require(plain.normalised(2))

        let orders = SyntheticVolumes.axisOrders.map {
            SyntheticVolumes.stored(grid, permutation: $0.permutation, flips: $0.flips)
        }
        #expect(plain.notes.contains { $0.contains("onto the grid") })
        #expect(Set(orders.map { $0.orientationCode }).count == 48)
        for (index, order) in orders.enumerated() {
            // Each volume of the patient in an order of its own.
            let stored = volumes.enumerated().map { contrast, volume in
                var grid = contrast == 0 ? order : orders[(index * 7 + contrast) % 48]
                grid.affine.origin += volume.grid.affine.origin - volumes[0].grid.affine.origin
                return volume.reoriented(to: grid)
            }
            let patient = try Preprocessor(settings).prepare(
                stored.map { Phantom.input($0) }, brainMask: Phantom.input(mask.reoriented(to: orders[47 - index])))
            #expect(patient.stack.images == plain.stack.images)
            #expect(patient.stack.brain == plain.stack.brain)
            #expect(patient.stack.scales == plain.stack.scales)
            #expect(patient.crop == plain.crop)
            #expect(patient.notes == plain.notes)
            #expect(patient.referenceGrid == order)
            let back = patient.volume(fromImage: image, scale: 321)
            #expect(back.grid == order)
            #expect(back.voxels == inverse.reoriented(to: order).voxels)
            #expect(patient.normalised(2)?.voxels == normalised.reoriented(to: order).voxels)
            #expect(patient.brain.voxels == mask.reoriented(to: order).voxels)
        }
    }
}
