import Tensors
import Foundation
import Preprocessing
import TestSupport
import Testing

@Suite struct AugmentationTests {
    private let height = 32
    private let width = 48

    private func noise(_ seed: UInt64) -> [Float] {
        var generator = SplitMix64(seed: seed)
        return (0..<height * width).map { _ in generator.unit() * 1.5 }
    }

    private func apply(_ augmentation: Augmentation, _ image: [Float], contrast: Int = 0) -> [Float] {
        augmentation.apply(to: image, height: height, width: width, contrast: contrast)
    }

    private func changed(_ change: (inout Augmentation) -> Void) -> Augmentation {
        var augmentation = Augmentation(contrasts: 2)
        change(&augmentation)
        return augmentation
    }

    @Test func identityIsExact() {
        let image = noise(1)
        #expect(apply(Augmentation(contrasts: 1), image) == image)
    }

    @Test func flipIsExact() {
        let image = noise(2)
        let flipped = apply(changed { $0.flip = true }, image)
        for row in 0..<height {
            for column in 0..<width {
                #expect(flipped[row * width + column] == image[row * width + width - 1 - column])
            }
        }
        #expect(apply(changed { $0.flip = true }, flipped) == image)
    }

    @Test func shiftMovesTowardsRightAndAnterior() {
        let image = noise(3)
        let shifted = apply(changed { ($0.shiftX, $0.shiftY) = (3, -2) }, image)
        for row in 0..<height {
            for column in 0..<width {
                let (fromRow, fromColumn) = (row + 2, column - 3)
                let inside = fromRow < height && fromColumn >= 0
                #expect(shifted[row * width + column] == (inside ? image[fromRow * width + fromColumn] : 0))
            }
        }
        // Half a pixel is the mean of two neighbours.
        let half = apply(changed { $0.shiftX = 0.5 }, image)
        #expect(abs(half[5 * width + 10] - (image[5 * width + 10] + image[5 * width + 9]) / 2) < 1e-6)
    }

    @Test func quarterTurnGoesFromRightToAnterior() {
        // A bright pixel right of the centre of a square image ends up anterior of it.
        var image = [Float](repeating: 0, count: 33 * 33)
        image[16 * 33 + 26] = 1
        let turned = changed { $0.rotation = 90 }.apply(to: image, height: 33, width: 33, contrast: 0)
        #expect(abs(turned[26 * 33 + 16] - 1) < 1e-5)
        #expect(abs(turned.reduce(0, +) - 1) < 1e-5)
    }

    @Test func scaleMagnifies() {
        let disc = (0..<height * width).map { pixel -> Float in
            let (x, y) = (Double(pixel % width) - 23.5, Double(pixel / width) - 15.5)
            return x * x + y * y < 64 ? 1 : 0
        }
        let area = Double(apply(changed { $0.scale = 1.25 }, disc).reduce(0, +)) / Double(disc.reduce(0, +))
        #expect(abs(area - 1.5625) < 0.03)
    }

    @Test func brightness() {
        let image = noise(4)
        let augmentation = changed {
            $0.gain = 1.1
            $0.contrastGains = [1, 0.5]
        }
        #expect(apply(augmentation, image) == image.map { Float(1.1) * $0 })
        #expect(apply(augmentation, image, contrast: 1) == image.map { Float(1.1 * 0.5) * $0 })
        let darker = apply(changed { $0.gamma = 2 }, image)
        #expect(zip(darker, image).allSatisfy { abs($0 - $1 * $1) < 1e-6 })
    }

    @Test func nonNegativeAndInsideTheRange() {
        var generator = SplitMix64(seed: 5)
        let settings = AugmentationSettings(
            flip: 0.5, rotation: 180, scale: 0.9, shift: 100, gain: 0.5, contrastGain: 0.5, gamma: 0.5)
        let image = noise(6)
        for _ in 0..<50 {
            let augmentation = Augmentation.random(using: &generator, settings, contrasts: 1)
            let result = apply(augmentation, image)
            let limit = Float(augmentation.gain * augmentation.contrastGains[0]) * pow(1.5, Float(augmentation.gamma))
            #expect(result.allSatisfy { $0 >= 0 && $0 <= limit * 1.0001 })
            #expect(result.count == image.count)
        }
    }

    @Test func drawsStayInTheirRanges() {
        var generator = SplitMix64(seed: 7)
        let settings = AugmentationSettings.strong
        let draws = (0..<2000).map { _ in Augmentation.random(using: &generator, settings, contrasts: 4) }
        let flips = draws.count { $0.flip }
        #expect((900...1100).contains(flips))
        let ranges: [(KeyPath<Augmentation, Double>, Double, Double)] = [
            (\.rotation, 0, 10), (\.scale, 1, 0.1), (\.shiftX, 0, 8), (\.shiftY, 0, 8),
            (\.contrastGains[0], 1, 0.05), (\.contrastGains[3], 1, 0.05),
        ]
        for (path, centre, bound) in ranges {
            let values = draws.map { ($0[keyPath: path] - centre) / bound }
            #expect(values.allSatisfy { abs($0) <= 1.0000001 })
            #expect(values.contains { $0 > 0.9 } && values.contains { $0 < -0.9 })
            #expect(abs(values.reduce(0, +) / 2000) < 0.06)
        }
        #expect(draws.allSatisfy { $0.gain == 1 && $0.gamma == 1 })
        #expect(draws.allSatisfy { $0.shiftX == $0.shiftX.rounded() && $0.shiftY == $0.shiftY.rounded() })
    }

    /// Still samples move by whole pixels only, so that their intensities are those of the image.
    @Test func aFractionOfTheDrawsStaysStill() {
        var settings = AugmentationSettings.strong
        settings.still = 0.3
        var (first, second) = (SplitMix64(seed: 9), SplitMix64(seed: 9))
        var still = 0
        for _ in 0..<2000 {
            var draw = Augmentation.random(using: &first, settings, contrasts: 4)
            let moved = Augmentation.random(using: &second, .strong, contrasts: 4)
            if (draw.rotation, draw.scale) == (0, 1) {
                still += 1
                (draw.rotation, draw.scale) = (moved.rotation, moved.scale)
            }
            #expect(draw == moved)
        }
        #expect((500...700).contains(still))
    }

    @Test func paperPresetChangesFlipAndOneGainOnly() {
        var generator = SplitMix64(seed: 8)
        for _ in 0..<200 {
            var draw = Augmentation.random(using: &generator, .paper, contrasts: 3)
            #expect(abs(draw.gain - 1) <= 0.1)
            draw.gain = 1
            draw.flip = false
            #expect(draw == Augmentation(contrasts: 3))
        }
    }

    @Test func settingsDoNotDisturbOtherDraws() throws {
        var (first, second) = (SplitMix64(seed: 9), SplitMix64(seed: 9))
        var none = Augmentation.random(using: &first, .none, contrasts: 2)
        let strong = Augmentation.random(using: &second, .strong, contrasts: 2)
        #expect(none == Augmentation(contrasts: 2))
        #expect(first.next() == second.next())
        none = try JSONDecoder().decode(Augmentation.self, from: JSONEncoder().encode(strong))
        #expect(none == strong)
        let image = noise(10)
        #expect(apply(none, image) == apply(strong, image))
    }

    @Test func settingsDecodeStrictly() throws {
        let decode = { (text: String) in
            try JSONDecoder().decode(AugmentationSettings.self, from: Data(text.utf8))
        }
        #expect(try decode("{}") == .none)
        #expect(try decode(#"{"flip": 0.5, "gain": 0.1}"#) == .paper)
        let strong = try JSONEncoder().encode(AugmentationSettings.strong)
        #expect(try JSONDecoder().decode(AugmentationSettings.self, from: strong) == .strong)
        #expect(
            AugmentationSettings.keys == [
                "flip", "still", "rotation", "scale", "shift", "gain", "contrastGain", "gamma",
            ])
        for text in [
            #"{"flip": 1.5}"#, #"{"flip": "often"}"#, #"{"still": -0.1}"#, #"{"rotation": -1}"#, #"{"scale": 1}"#,
            #"{"shift": -0.5}"#,
            #"{"gamma": 1}"#, "[]",
        ] {
            #expect(throws: DecodingError.self) { try decode(text) }
        }
    }
}
