import ElementaryFunctions

/// One way in which an image of a contrast may differ from what another scanner would have made of the same head.
///
/// The brain's outline stays: what is 0 is 0 afterwards. In this order: shift and smoothing, exponent, gain and bias field,
/// noise, clipping.
package struct InputVariation: Sendable, Codable, Equatable {
    /// Pixels towards the patient's right and towards anterior.
    package var shiftX = 0.0
    package var shiftY = 0.0
    /// σ in pixels, along x or y; 0 for none.
    package var blurX = 0.0
    package var blurY = 0.0
    /// v becomes level · (v ÷ level)^gamma.
    package var gamma = 1.0
    package var gain = 1.0
    /// Of x, y, x², y², xy with x and y in −1 ... 1 over the slice.
    package var field = [Double](repeating: 0, count: 5)
    /// Standard deviation of the noise, and what it is drawn from.
    package var noise = 0.0
    package var noiseSeed: UInt64 = 0

    /// Changes nothing.
    package init() {}

    /// Draws every parameter independently.
    package static func random(
        using generator: inout some RandomNumberGenerator, _ settings: InputVariationSettings
    ) -> InputVariation {
        var drawn = InputVariation()
        let isShifted = generator.unit() < 0.5
        let shift = (generator.symmetric(settings.shift), generator.symmetric(settings.shift))
        if isShifted { (drawn.shiftX, drawn.shiftY) = shift }
        let blur = max(generator.symmetric(settings.blur), 0)
        if generator.unit() < 0.5 { drawn.blurX = blur } else { drawn.blurY = blur }
        drawn.gamma = Elementary.exp(generator.symmetric(settings.gamma))
        drawn.gain = 1 + generator.symmetric(settings.gain)
        for index in drawn.field.indices { drawn.field[index] = generator.symmetric(settings.field) }
        drawn.noise = generator.unit() * settings.noise
        drawn.noiseSeed = generator.next()
        return drawn
    }

    /// The image as it would be.
    ///
    /// - Parameters:
    ///   - image: `height * width` normalised intensities ≥ 0, 0 outside the brain.
    ///   - normalisation: that of the image.
    package func apply(
        to image: [Float], height: Int, width: Int, _ normalisation: Normalisation
    ) -> [Float] {
        precondition(image.count == height * width, "image size")
        var result = image
        if shiftX != 0 || blurX != 0 {
            result = Self.filtered(result, Self.kernel(shift: shiftX, blur: blurX), count: width, stride: 1)
        }
        if shiftY != 0 || blurY != 0 {
            result = Self.filtered(result, Self.kernel(shift: shiftY, blur: blurY), count: height, stride: width)
        }
        let curve = IntensityCurve(gamma: gamma, normalisation)
        var noise = SplitMix(state: noiseSeed)
        let (gain, c) = (Float(gain), field.map { Float($0) })
        for row in 0..<height {
            let y = 2 * Float(row) / Float(height - 1) - 1
            for column in 0..<width {
                let pixel = row * width + column
                guard image[pixel] > 0 else {
                    result[pixel] = 0
                    continue
                }
                let x = 2 * Float(column) / Float(width - 1) - 1
                var value = gamma == 1 ? result[pixel] : curve(result[pixel])
                let field = 1 + x * (c[0] + c[2] * x) + y * (c[1] + c[3] * y + c[4] * x)
                value *= gain * field
                if self.noise > 0 { value += Float(self.noise) * noise.normal() }
                result[pixel] = min(max(value, 0), normalisation.ceiling)
            }
        }
        return result
    }

    /// Weights of the pixels from −radius to radius: a Gaussian about −shift, sampled linearly.
    private static func kernel(shift: Double, blur: Double) -> [Float] {
        let radius = Int((3 * blur + abs(shift)).rounded(.up))
        var weights = [Double](repeating: 0, count: 2 * radius + 1)
        let reach = Int((3 * blur).rounded(.up))
        let whole = (-shift).rounded(.down)
        let part = -shift - whole
        for step in -reach...reach {
            let weight = blur > 0 ? Elementary.exp(-Double(step * step) / (2 * blur * blur)) : 1
            let place = radius + step + Int(whole)
            if weights.indices.contains(place) { weights[place] += weight * (1 - part) }
            if weights.indices.contains(place + 1) { weights[place + 1] += weight * part }
        }
        let sum = weights.reduce(0, +)
        return weights.map { Float($0 / sum) }
    }

    /// Along one axis, over the brain's pixels only.
    private static func filtered(_ image: [Float], _ kernel: [Float], count: Int, stride: Int) -> [Float] {
        let radius = kernel.count / 2
        var result = image
        for pixel in image.indices where image[pixel] > 0 {
            let place = pixel / stride % count
            var (sum, weight) = (Float(0), Float(0))
            for (index, factor) in kernel.enumerated() {
                let other = place + index - radius
                guard other >= 0, other < count else { continue }
                let value = image[pixel + (index - radius) * stride]
                guard value > 0 else { continue }
                sum += factor * value
                weight += factor
            }
            if weight > 0 { result[pixel] = sum / weight }
        }
        return result
    }
}

/// level · (v ÷ level)^gamma from a table, as a power a pixel would cost more than a network's layer.
private struct IntensityCurve {
    private static let knots = 1024
    private let ceiling: Float
    private let values: [Float]

    init(gamma: Double, _ normalisation: Normalisation) {
        ceiling = normalisation.ceiling
        let (level, step) = (Double(normalisation.level), Double(ceiling) / Double(Self.knots))
        values =
            gamma == 1
            ? []
            : (0...Self.knots).map { Float(level * Elementary.power(Double($0) * step / level, gamma)) }
    }

    func callAsFunction(_ value: Float) -> Float {
        let position = min(value, ceiling) / ceiling * Float(Self.knots)
        let knot = min(Int(position), Self.knots - 1)
        return values[knot] + (position - Float(knot)) * (values[knot + 1] - values[knot])
    }
}

/// Fast random numbers for a field of noise.
private struct SplitMix {
    var state: UInt64

    /// Nearly normal, mean 0, standard deviation 1: the sum of four uniform numbers.
    mutating func normal() -> Float {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        let sum = (0..<4).reduce(Float(0)) { $0 + Float(bits >> (16 * UInt64($1)) & 0xFFFF) }
        // Each has a variance of 65536² ÷ 12.
        return (sum - 2 * 65535) / 65536 * 1.7320508
    }
}
