import Tensors
import Preprocessing
import TestSupport
import Testing
import Volumes

@Suite struct NormalisationTests {
    @Test func percentileEqualsNumPy() throws {
        var generator = SplitMix64(seed: 7)
        let values = (0..<1000).map { _ in generator.unit() }
        // numpy.percentile, NumPy 2.4.6, of the same numbers in double precision.
        let expected = [
            (1, 0.38982969522476196), (2, 0.3879644879698753), (10, 0.8864582833647728), (201, 0.999137282371521),
            (1000, 0.9950503501296043),
        ]
        for (count, value) in expected {
            let found = try #require(Normalisation.percentile(99.5, of: Array(values.prefix(count))))
            #expect(abs(found - value) < 1e-12)
        }
        #expect(abs(try #require(Normalisation.percentile(37.25, of: values)) - 0.35441828906536105) < 1e-12)
        #expect(Normalisation.percentile(99.5, of: []) == nil)
    }

    @Test(arguments: [0, 12.5, 50, 99.5, 100.0]) func percentileEqualsSorting(percent: Double) {
        var generator = SplitMix64(seed: 8)
        for round in 0..<50 {
            let count = 1 + Int(generator.next() % 200)
            // From denormal to huge, with repeats and negative values.
            let values = (0..<count).map { _ -> Float in
                let magnitude = Float(Int(generator.next() % 60) - 30)
                return round.isMultiple(of: 2) ? magnitude : generator.unit() * 1e-38 * (magnitude + 10)
            }
            let sorted = values.map { max($0, 0) }.sorted()
            let position = percent / 100 * Double(count - 1)
            let (lower, upper) = (sorted[Int(position)], sorted[min(Int(position) + 1, count - 1)])
            let expected = Double(lower) + (position - position.rounded(.down)) * (Double(upper) - Double(lower))
            #expect(Normalisation.percentile(percent, of: values) == expected)
            #expect(Normalisation.percentile(percent, of: values.reversed()) == expected)
        }
    }

    @Test func intensitiesAreClippedAndDivided() {
        #expect(Normalisation.metrics.normalise(-3, scale: 2) == 0)
        #expect(Normalisation.metrics.normalise(3, scale: 2) == 1.5)
        #expect(Normalisation.metrics.normalise(4, scale: 2) == 1.5)
        #expect(Normalisation.metrics.normalise(1, scale: 2) == 0.5)
    }

    @Test func withoutMaskEachContrastUsesItsOwnVoxels() throws {
        // 1 ... 1000 in one contrast; the other has only every second voxel, and negative ringing.
        let grid = Phantom.grid(SIMD3(20, 50, 1))
        let first = SyntheticVolumes.volume(grid) { i, j, _ in Float(1 + i + 20 * j) }
        let second = SyntheticVolumes.volume(grid) { i, j, _ in i.isMultiple(of: 2) ? Float(1 + i + 20 * j) : -5 }
        let patient = try Preprocessor(.test(contrasts: ["A", "B"], height: 64)).prepare(
            [Phantom.input(first), Phantom.input(second)])
        // 1 + 0.995 · 999 and 1 + 2 · 0.995 · 499.
        #expect(patient.percentiles == [995.005, 994.01])
        let normalised = try #require(patient.normalised(1))
        #expect(normalised[4, 10, 0] == 205 / Float(994.01))
        #expect(normalised[5, 10, 0] == 0)
        #expect(patient.brain.voxels.allSatisfy { $0 == 1 })
        #expect(!patient.hasBrainMask)
    }

    @Test func withMaskTheBrainIsTheMask() throws {
        let grid = Phantom.grid(SIMD3(20, 50, 2))
        let image = SyntheticVolumes.volume(grid) { i, j, k in k == 0 ? Float(1 + i + 20 * j) : 5000 }
        let mask = SyntheticVolumes.volume(grid) { i, j, k in k == 0 && j < 40 ? 0.25 : 0 }
        let patient = try Preprocessor(.test(height: 64)).prepare(
            [Phantom.input(image)], brainMask: Phantom.input(mask, "mask.nii"))
        // 1 + 0.995 · 799.
        #expect(patient.percentiles == [796.005])
        let normalised = try #require(patient.normalised(0))
        #expect(normalised[3, 7, 0] == 144 / Float(796.005))
        #expect(normalised[3, 40, 0] == 0 && normalised[3, 7, 1] == 0)
        #expect(patient.brain.voxels == mask.voxels.map { $0 > 0 ? 1 : 0 })
        #expect(patient.stack.brain.count { $0 } == 800)
        #expect(patient.hasBrainMask)
    }

    @Test func theMeanOfWhatIsAboveZeroBecomesItsLevel() throws {
        // 1 ... 1000, a quarter of it 0 or below, and one voxel far above.
        let grid = Phantom.grid(SIMD3(20, 50, 1))
        let image = SyntheticVolumes.volume(grid) { i, j, _ in i < 5 ? -Float(j % 2) : Float(1 + i + 20 * j) }
        let mask = SyntheticVolumes.volume(grid) { _, _, _ in 1 }
        let patient = try Preprocessor(.test(height: 64, normalisation: .mean)).prepare(
            [Phantom.input(image)], brainMask: Phantom.input(mask, "mask.nii"))
        // Rows of 6 + 20 j … 20 + 20 j: mean 13 + 20 · 24.5 = 503.
        #expect(patient.scales == [Float(503.0 / Double(Float(0.4)))])
        let normalised = try #require(patient.normalised(0))
        let inside = normalised.voxels.filter { $0 > 0 }.map(Double.init)
        #expect(inside.count == 750 && abs(inside.reduce(0, +) / 750 - 0.4) < 1e-6)
        #expect(Normalisation.mean.normalise(5000, scale: 1) == 2.5)
        // The metrics keep their own unit.
        let percentile = try #require(patient.percentiles[0])
        #expect(try #require(patient.inMetricUnits(0))[7, 7, 0] == 148 / percentile)
        let unit = patient.stack.metricUnit(0)
        #expect(abs(normalised[7, 7, 0] * unit - 148 / percentile) < 1e-6)
    }

    @Test func nothingAboveZeroHasNoMean() {
        #expect(Normalisation.mean.scale(of: [0, -1]) == nil && Normalisation.mean.scale(of: []) == nil)
    }
}
