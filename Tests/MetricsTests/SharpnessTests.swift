import Foundation
import Metrics
import TestSupport
import Testing
import Volumes

@Suite struct FourierTransformTests {
    @Test(arguments: [1, 2, 4, 8, 64, 256]) func equalsTheNaiveTransform(_ length: Int) {
        var generator = SplitMix64(seed: UInt64(length))
        func sequence() -> [FourierTransform.Lanes] {
            (0..<length).map { _ in FourierTransform.Lanes(generator.image(8).map { Double($0) - 0.5 }) }
        }
        let (real, imaginary) = (sequence(), sequence())
        var (x, y) = (real, imaginary)
        FourierTransform(length: length).transform(&x, &y)
        for k in 0..<length {
            var (expectedReal, expectedImaginary) = (FourierTransform.Lanes.zero, FourierTransform.Lanes.zero)
            for n in 0..<length {
                let angle = -2 * Double.pi * Double(k * n % length) / Double(length)
                expectedReal += real[n] * cos(angle) - imaginary[n] * sin(angle)
                expectedImaginary += real[n] * sin(angle) + imaginary[n] * cos(angle)
            }
            for lane in 0..<8 {
                #expect(abs(x[k][lane] - expectedReal[lane]) < 1e-12 * Double(length))
                #expect(abs(y[k][lane] - expectedImaginary[lane]) < 1e-12 * Double(length))
            }
        }
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (240, 256), (257, 512)])
    func lengthsArePowersOfTwo(_ count: Int, _ length: Int) {
        #expect(FourierTransform.length(for: count) == length)
    }
}

@Suite struct SpectralEnergyTests {
    /// Σ|X|² above half Nyquist, frequency by frequency.
    private func naive(_ image: [Float], height: Int, width: Int) -> Double {
        let (rows, columns) = (FourierTransform.length(for: height), FourierTransform.length(for: width))
        var energy = 0.0
        for u in 0..<rows {
            for v in 0..<columns {
                let (down, along) = (
                    Double(min(u, rows - u)) / Double(rows), Double(min(v, columns - v)) / Double(columns)
                )
                guard down * down + along * along > 0.0625 else { continue }
                var (real, imaginary) = (0.0, 0.0)
                for (pixel, value) in image.enumerated() {
                    let turns =
                        Double(u * (pixel / width)) / Double(rows) + Double(v * (pixel % width)) / Double(columns)
                    real += Double(value) * cos(2 * .pi * turns)
                    imaginary -= Double(value) * sin(2 * .pi * turns)
                }
                energy += real * real + imaginary * imaginary
            }
        }
        return energy
    }

    @Test(arguments: [(1, 1), (3, 2), (4, 4), (13, 21), (32, 9)])
    func equalsTheNaiveSum(_ height: Int, _ width: Int) {
        var generator = SplitMix64(seed: 8)
        var images = [generator.image(height * width), generator.image(height * width)]
        for pixel in images[1].indices where pixel % width >= 8 { images[1][pixel] = 0 }
        let energy = SpectralEnergy(height: height, width: width)
        let found = energy.aboveHalfNyquist(images[0][...], images[1][...])
        for (found, image) in [(found.first, images[0]), (found.second, images[1])] {
            let expected = naive(image, height: height, width: width)
            #expect(abs(found - expected) <= 1e-10 * max(expected, 1e-9))
        }
        let zeros = [Float](repeating: 0, count: height * width)
        #expect(energy.aboveHalfNyquist(images[0][...], zeros[...]).second == 0)
    }
}

@Suite struct GradientSimilarityTests {
    /// piq 0.8.0, `gmsd(x, y, data_range=range)` in double precision.
    @Test(arguments: [
        (SIMD2(24, 30), 1.0, 0.09185937791513857), (SIMD2(17, 12), 1.0, 0.05306750978026587),
        (SIMD2(20, 15), 2.5, 0.06705526401221276),
    ])
    func equalsPiq(_ size: SIMD2<Int>, _ range: Double, _ expected: Double) {
        var generator = SplitMix64(seed: UInt64(size.x))
        let (x, noise) = (generator.image(size.x * size.y), generator.image(size.x * size.y))
        let y = zip(x, noise).map { 0.75 * $0 + 0.25 * $1 }
        let scaled = [x, y].map { $0.map { $0 * Float(range) } }
        let found = GradientSimilarity.deviation(
            scaled[0][...], scaled[1][...], height: size.x, width: size.y, range: range)
        #expect(abs(found - expected) < 1e-6, "\(found)")
        let half = scaled[1].map { $0 / 2 }
        let gained = GradientSimilarity.deviation(
            scaled[0][...], half[...], gain: 2, height: size.x, width: size.y, range: range)
        #expect(abs(found - gained) < 1e-12)
    }
}

/// What blurring and noise do to the scores of a volume.
@Suite struct SharpnessTests {
    private func blurred(_ image: Volume) -> Volume {
        var result = image
        let size = image.grid.size
        for k in 0..<size.z {
            for j in 1..<size.y - 1 {
                for i in 1..<size.x - 1 {
                    result[i, j, k] =
                        (image[i - 1, j, k] + image[i + 1, j, k] + image[i, j - 1, k] + image[i, j + 1, k]) / 4
                }
            }
        }
        return result
    }

    @Test func blurTakesAndNoiseGives() throws {
        let (truth, imputed, brain) = Golden.all[1].volumes
        let smooth = blurred(truth)
        let same = try ImageMetrics.score(truth: truth, imputed: truth, brain: brain, range: 2.5)
        let blur = try ImageMetrics.score(truth: truth, imputed: smooth, brain: brain, range: 2.5)
        let noise = try ImageMetrics.score(truth: smooth, imputed: imputed, brain: brain, range: 2.5)
        #expect(abs(try #require(same[.sharpness]) - 1) < 1e-12 && same[.gmsd] == 0)
        let sharpness = [try #require(blur[.sharpness]), try #require(noise[.sharpness])]
        #expect(sharpness[0] < 0.5 && sharpness[1] > 1.2, "\(sharpness)")
        #expect(try #require(blur[.gmsd]) > 0.05)
        #expect(blur[.sharpness, .brain] == nil)
    }

    @Test func aWrongScaleDoesNotCount() throws {
        let (truth, imputed, _) = Golden.all[1].volumes
        let double = Volume(grid: imputed.grid, voxels: imputed.voxels.map { $0 * 2 })
        let scores = try [imputed, double].map { try ImageMetrics.score(truth: truth, imputed: $0) }
        for metric in [Metric.sharpness, .gmsd] {
            #expect(abs(try #require(scores[0][metric]) - (try #require(scores[1][metric]))) < 1e-12)
        }
    }

    @Test func undefinedWhereNothingIsSeen() throws {
        let zeros = volume(SIMD3(12, 12, 2), [Float](repeating: 0, count: 288))
        let scores = try ImageMetrics.score(truth: zeros, imputed: zeros)
        #expect(scores[.sharpness] == nil && scores[.gmsd] == nil)
        let truth = Golden.all[0].volumes.truth
        #expect(try Baselines.zeroFill(truth: truth)[.sharpness] == 0)
    }
}
