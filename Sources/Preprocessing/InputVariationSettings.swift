/// How far the images that a network in training is given may differ from those that were acquired, as images of other
/// scanners and protocols do. What it is to make of them stays as it was acquired.
///
/// Decodes with 0 for missing keys, which switches a variation off.
package struct InputVariationSettings: Sendable, Codable, Equatable {
    /// A factor uniform in 1 ± this, 0 ..< 1.
    package var gain = 0.0
    /// The exponent is e^g, g uniform in ± this, 0 ... 2; intensities at the normalisation's level stay.
    package var gamma = 0.0
    /// A bias field: 1 + a polynomial of second order in the slice whose five coefficients are each uniform in ± this,
    /// 0 ... 0.2.
    package var field = 0.0
    /// In half of the images, smoothing along one of the slice's axes, as of thick slices: the largest σ of its Gaussian
    /// in pixels, 0 ... 4.
    package var blur = 0.0
    /// Noise of uniform standard deviation up to this, in normalised intensity, 0 ... 1.
    package var noise = 0.0
    /// In half of the images, a shift against the other contrasts of up to so many pixels along both axes, 0 ... 4.
    package var shift = 0.0

    package init() {}

    /// Nothing is changed.
    package static let none = InputVariationSettings()

    /// The keys of the coded form.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case gain, gamma, field, blur, noise, shift

        /// A setting lies between 0 and this.
        var bound: Double {
            switch self {
            case .gain: 0.99
            case .gamma: 2
            case .field: 0.2
            case .blur, .shift: 4
            case .noise: 1
            }
        }

        var path: WritableKeyPath<InputVariationSettings, Double> {
            switch self {
            case .gain: \.gain
            case .gamma: \.gamma
            case .field: \.field
            case .blur: \.blur
            case .noise: \.noise
            case .shift: \.shift
            }
        }
    }

    /// Decodes; missing keys are 0.
    ///
    /// - Throws: `DecodingError` for a value of the wrong type or out of range.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        for key in CodingKeys.allCases {
            guard let value = try container.decodeIfPresent(Double.self, forKey: key) else { continue }
            guard (0...key.bound).contains(value) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container,
                    debugDescription: "\(key.rawValue) is \(value), it must lie between 0 and \(key.bound)")
            }
            self[keyPath: key.path] = value
        }
    }
}
