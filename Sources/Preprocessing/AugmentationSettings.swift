/// How far augmentation may go; each range is symmetric about "unchanged", and 0 switches it off.
///
/// Decodes with 0 for missing keys and refuses values of the wrong type or out of range.
package struct AugmentationSettings: Sendable, Codable, Equatable {
    /// Probability of swapping left and right, 0 ... 1.
    package var flip: Double
    /// Probability of neither rotating nor scaling, 0 ... 1: interpolation smooths, and what is imputed later is not smoothed.
    package var still: Double
    /// Rotation in the axial plane is uniform in ± this many degrees, 0 ... 180.
    package var rotation: Double
    /// Magnification is uniform in 1 ± this, 0 ..< 1.
    package var scale: Double
    /// Shifts along x and y are each uniform in ± this many pixels, rounded to whole ones, ≥ 0.
    package var shift: Double
    /// One factor for all contrasts is uniform in 1 ± this, 0 ..< 1.
    package var gain: Double
    /// A factor of its own for each contrast is uniform in 1 ± this, 0 ..< 1.
    package var contrastGain: Double
    /// The exponent is uniform in 1 ± this, 0 ..< 1.
    package var gamma: Double

    /// - Precondition: the values lie in their ranges.
    package init(
        flip: Double = 0, still: Double = 0, rotation: Double = 0, scale: Double = 0, shift: Double = 0,
        gain: Double = 0,
        contrastGain: Double = 0, gamma: Double = 0
    ) {
        self.flip = flip
        self.still = still
        self.rotation = rotation
        self.scale = scale
        self.shift = shift
        self.gain = gain
        self.contrastGain = contrastGain
        self.gamma = gamma
        precondition(CodingKeys.allCases.allSatisfy { $0.accepts(self[$0]) }, "augmentation range")
    }

    /// Nothing is changed.
    package static let none = AugmentationSettings()
    /// The released CollaGAN setting: left-right flip and one gain for all contrasts.
    package static let paper = AugmentationSettings(flip: 0.5, gain: 0.1)
    /// For few patients: also rotations, scales, shifts and a gain per contrast.
    package static let strong = AugmentationSettings(flip: 0.5, rotation: 10, scale: 0.1, shift: 8, contrastGain: 0.05)

    /// The keys of the coded form, for callers that refuse unknown ones.
    package static var keys: [String] { CodingKeys.allCases.map(\.rawValue) }

    /// The keys of the coded form.
    package enum CodingKeys: String, CodingKey, CaseIterable, Sendable {
        case flip, still, rotation, scale, shift, gain, contrastGain, gamma

        fileprivate func accepts(_ value: Double) -> Bool {
            switch self {
            case .flip, .still: (0...1).contains(value)
            case .rotation: (0...180).contains(value)
            case .scale, .gain, .contrastGain, .gamma: (0..<1).contains(value)
            case .shift: value >= 0 && value.isFinite
            }
        }

        fileprivate var range: String {
            switch self {
            case .flip, .still: "between 0 and 1"
            case .rotation: "between 0 and 180"
            case .scale, .gain, .contrastGain, .gamma: "at least 0 and below 1"
            case .shift: "at least 0"
            }
        }
    }

    /// Decodes; missing keys are 0.
    ///
    /// - Throws: `DecodingError` for a value of the wrong type or out of range.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        for key in CodingKeys.allCases {
            guard let value = try container.decodeIfPresent(Double.self, forKey: key) else { continue }
            guard key.accepts(value) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "\(key.rawValue) is \(value), it must be \(key.range)"
                )
            }
            self[key] = value
        }
    }

    private subscript(key: CodingKeys) -> Double {
        get { self[keyPath: Self.path(key)] }
        set { self[keyPath: Self.path(key)] = newValue }
    }

    private static func path(_ key: CodingKeys) -> WritableKeyPath<AugmentationSettings, Double> {
        switch key {
        case .flip: \.flip
        case .still: \.still
        case .rotation: \.rotation
        case .scale: \.scale
        case .shift: \.shift
        case .gain: \.gain
        case .contrastGain: \.contrastGain
        case .gamma: \.gamma
        }
    }
}
