import ElementaryFunctions
import Foundation

/// One way to alter a training sample: a movement in the axial plane and a change of brightness.
///
/// Drawn once per sample with `random(using:_:contrasts:)`, applied to each contrast with `apply`, and codable, so that it can be
/// recorded and replayed. A normalised pixel v at a point becomes `gain · contrastGains[c] · v^gamma` at the point's new place:
/// mirrored, then scaled and rotated about the centre of the image, then shifted.
package struct Augmentation: Sendable, Codable, Equatable {
    /// Left and right are swapped.
    package var flip = false
    /// Degrees from the patient's right (+x) towards anterior (+y).
    package var rotation = 0.0
    /// Magnification, > 0.
    package var scale = 1.0
    /// Whole pixels towards the patient's right.
    package var shiftX = 0.0
    /// Whole pixels towards anterior.
    package var shiftY = 0.0
    /// Factor for all contrasts.
    package var gain = 1.0
    /// Factor per contrast, on top of `gain`.
    package var contrastGains: [Double]
    /// Exponent, > 0.
    package var gamma = 1.0

    /// The augmentation that changes nothing.
    package init(contrasts: Int) {
        contrastGains = [Double](repeating: 1, count: contrasts)
    }

    /// Draws every parameter independently and uniformly from the ranges of `settings`.
    ///
    /// Always takes 8 + `contrasts` values from the generator, so that changing one range leaves the draws of the others alone.
    package static func random(
        using generator: inout some RandomNumberGenerator, _ settings: AugmentationSettings, contrasts: Int
    ) -> Augmentation {
        var drawn = Augmentation(contrasts: contrasts)
        drawn.flip = generator.unit() < settings.flip
        let isStill = generator.unit() < settings.still
        let (rotation, scale) = (generator.symmetric(settings.rotation), generator.symmetric(settings.scale))
        if !isStill { (drawn.rotation, drawn.scale) = (rotation, 1 + scale) }
        drawn.shiftX = generator.symmetric(settings.shift).rounded()
        drawn.shiftY = generator.symmetric(settings.shift).rounded()
        drawn.gain = 1 + generator.symmetric(settings.gain)
        drawn.gamma = 1 + generator.symmetric(settings.gamma)
        for contrast in 0..<contrasts {
            drawn.contrastGains[contrast] = 1 + generator.symmetric(settings.contrastGain)
        }
        return drawn
    }

    /// The altered image of one contrast of one slice.
    ///
    /// Bilinear, 0 where the movement brings in what lies outside the image. Without a movement (or with a flip or a shift by
    /// whole pixels only) every pixel is moved exactly; the identity returns the image bit for bit.
    ///
    /// - Parameters:
    ///   - image: `height * width` normalised intensities ≥ 0, rows from posterior to anterior, each from left to right.
    ///   - contrast: index into `contrastGains`.
    package func apply(to image: [Float], height: Int, width: Int, contrast: Int) -> [Float] {
        image.withUnsafeBufferPointer { apply(to: $0, height: height, width: width, contrast: contrast) }
    }

    /// As `apply(to:height:width:contrast:)`, for a slice inside a larger buffer.
    package func apply(to image: UnsafeBufferPointer<Float>, height: Int, width: Int, contrast: Int) -> [Float] {
        precondition(image.count == height * width, "image size")
        let factor = Float(gain * contrastGains[contrast])
        let exponent = gamma
        let angle = rotation * .pi / 180
        let mirror: Double = flip ? -1 : 1
        let (cosine, sine) = (Elementary.cos(angle) / scale, Elementary.sin(angle) / scale)
        let (centreX, centreY) = (Double(width - 1) / 2, Double(height - 1) / 2)
        var result: [Float] = []
        result.reserveCapacity(height * width)
        for row in 0..<height {
            let v = Double(row) - centreY - shiftY
            for column in 0..<width {
                let u = Double(column) - centreX - shiftX
                let x = centreX + mirror * (cosine * u + sine * v)
                let y = centreY + cosine * v - sine * u
                let value = Self.sample(image, height: height, width: width, x: x, y: y)
                result.append(factor * (exponent == 1 ? value : Float(Elementary.power(Double(value), exponent))))
            }
        }
        return result
    }

    /// Bilinear interpolation; pixels outside the image are 0.
    @inline(__always)
    private static func sample(
        _ image: UnsafeBufferPointer<Float>, height: Int, width: Int, x: Double, y: Double
    ) -> Float {
        guard x > -1, y > -1, x < Double(width), y < Double(height) else { return 0 }
        let (left, below) = (x.rounded(.down), y.rounded(.down))
        let (over, up) = (Float(x - left), Float(y - below))
        let (column, row) = (Int(left), Int(below))
        let pixel: (Int, Int) -> Float = { column, row in
            column >= 0 && row >= 0 && column < width && row < height ? image[row * width + column] : 0
        }
        let bottom = (1 - over) * pixel(column, row) + over * pixel(column + 1, row)
        let top = (1 - over) * pixel(column, row + 1) + over * pixel(column + 1, row + 1)
        return (1 - up) * bottom + up * top
    }
}

extension RandomNumberGenerator {
    /// Uniform in 0 ..< 1, 53 bits.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in −bound ..< bound.
    mutating func symmetric(_ bound: Double) -> Double { (2 * unit() - 1) * bound }
}
