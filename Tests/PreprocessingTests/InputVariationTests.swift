import Foundation
import Preprocessing
import TestSupport
import Testing

@Suite struct InputVariationTests {
    private let height = 32
    private let width = 48

    /// An ellipse of noise about the level of the normalisation, 0 outside.
    private func image(_ seed: UInt64) -> [Float] {
        var generator = SplitMix64(seed: seed)
        return (0..<height * width).map { pixel in
            let (x, y) = (Double(pixel % width) - 23.5, Double(pixel / width) - 15.5)
            let value = 0.2 + 0.4 * generator.unit()
            return x * x / 400 + y * y / 180 < 1 ? value : 0
        }
    }

    private func varied(_ image: [Float], _ change: (inout InputVariation) -> Void) -> [Float] {
        var variation = InputVariation()
        change(&variation)
        return variation.apply(to: image, height: height, width: width, .mean)
    }

    private func inside(_ image: [Float], _ other: [Float]) -> [(Double, Double)] {
        zip(image, other).filter { $0.0 > 0 }.map { (Double($0), Double($1)) }
    }

    private func spread(_ values: [Double]) -> Double {
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.map { ($0 - mean) * ($0 - mean) }
        return (squares.reduce(0, +) / Double(values.count)).squareRoot()
    }

    @Test func nothingChangesNothing() {
        let image = image(1)
        #expect(varied(image) { _ in } == image)
    }

    @Test func wholeShiftsAreExactInsideTheBrain() {
        let image = image(2)
        let shifted = varied(image) { ($0.shiftX, $0.shiftY) = (2, -1) }
        var compared = 0
        for row in 2..<height - 2 {
            for column in 3..<width - 3 where image[row * width + column] > 0 {
                // x first, then y, each over the brain's pixels only.
                let source = image[(row + 1) * width + column - 2]
                guard source > 0, image[(row + 1) * width + column] > 0 else { continue }
                #expect(abs(shifted[row * width + column] - source) < 1e-6)
                compared += 1
            }
        }
        #expect(compared > 500)
    }

    @Test func blurSmoothsAlongOneAxisAndKeepsTheMean() {
        let image = image(3)
        let blurred = varied(image) { $0.blurX = 2 }
        let pairs = inside(image, blurred)
        let (before, after) = (pairs.map(\.0), pairs.map(\.1))
        let ratio = after.reduce(0, +) / before.reduce(0, +)
        #expect(abs(ratio - 1) < 0.02)
        #expect(spread(after) < 0.6 * spread(before))
        func steps(_ image: [Float], _ stride: Int) -> Double {
            var sum = 0.0
            for pixel in image.indices.dropFirst(stride) where image[pixel] > 0 && image[pixel - stride] > 0 {
                sum += Double(abs(image[pixel] - image[pixel - stride]))
            }
            return sum
        }
        let (along, across) = (steps(blurred, 1) / steps(image, 1), steps(blurred, width) / steps(image, width))
        #expect(along < 0.25 && across > 0.3)
    }

    @Test func gammaKeepsTheLevelAndFollowsThePower() {
        let image = image(4)
        for gamma in [0.7, 1.4] {
            for (before, after) in inside(image, varied(image) { $0.gamma = gamma }) {
                #expect(abs(after - 0.4 * pow(before / 0.4, gamma)) < 2e-4)
            }
        }
    }

    @Test func gainFieldAndCeiling() {
        let image = image(5)
        let gained = varied(image) { $0.gain = 1.5 }
        #expect(zip(gained, image).allSatisfy { abs($0 - 1.5 * $1) < 1e-6 })
        let tilted = varied(image) { $0.field = [0.1, 0, 0, 0, 0] }
        for (pixel, value) in image.enumerated() where value > 0 {
            let x = 2 * Float(pixel % width) / Float(width - 1) - 1
            #expect(abs(tilted[pixel] - value * (1 + 0.1 * x)) < 1e-6)
        }
        #expect(varied(image) { $0.gain = 100 }.max() == 2.5)
    }

    @Test func noiseHasItsDeviationAndItsSeed() {
        let image = image(6)
        func noisy(_ seed: UInt64) -> [Float] { varied(image) { ($0.noise, $0.noiseSeed) = (0.02, seed) } }
        let errors = inside(image, noisy(1)).map { $0.1 - $0.0 }
        // Of about 850 numbers the deviation is known to 3 %.
        #expect(abs(spread(errors) - 0.02) < 0.003 && abs(errors.reduce(0, +) / Double(errors.count)) < 0.003)
        #expect(noisy(1) == noisy(1) && noisy(1) != noisy(2))
    }

    @Test func whatIsDrawnKeepsTheOutlineAndTheRanges() throws {
        let text = #"{"gain": 0.2, "gamma": 0.5, "field": 0.1, "blur": 2, "noise": 0.05, "shift": 3}"#
        let settings = try JSONDecoder().decode(InputVariationSettings.self, from: Data(text.utf8))
        var generator = SplitMix64(seed: 7)
        let image = image(8)
        var (blurred, shifted) = (0, 0)
        for _ in 0..<200 {
            let drawn = InputVariation.random(using: &generator, settings)
            #expect(abs(drawn.gain - 1) <= 0.2 && (exp(-0.5)...exp(0.5)).contains(drawn.gamma))
            #expect(abs(drawn.shiftX) <= 3 && drawn.blurX * drawn.blurY == 0 && max(drawn.blurX, drawn.blurY) <= 2)
            #expect(drawn.field.allSatisfy { abs($0) <= 0.1 } && (0...0.05).contains(drawn.noise))
            blurred += drawn.blurX + drawn.blurY > 0 ? 1 : 0
            shifted += drawn.shiftX != 0 ? 1 : 0
            let result = drawn.apply(to: image, height: height, width: width, .mean)
            #expect(zip(image, result).allSatisfy { $0 > 0 || $1 == 0 })
            #expect(result.allSatisfy { (0...2.5).contains($0) })
        }
        #expect((70...130).contains(blurred) && (70...130).contains(shifted))
    }

    @Test(arguments: [#"{"gain": 1}"#, #"{"gamma": -0.1}"#, #"{"field": 0.3}"#, #"{"noise": "much"}"#])
    func impossibleSettingsAreRefused(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(InputVariationSettings.self, from: Data(text.utf8))
        }
    }
}
