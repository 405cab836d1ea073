import NeuralNet
import Preprocessing
import Tensors

/// Draws training samples: a slice with enough brain, a target, what is given of the rest, an augmentation. Pixels are
/// read when they are drawn.
package struct TrainingSampler {
    private struct Place {
        let patient: Int32
        let slice: Int32
    }

    private let patients: [TrainingPatient]
    /// By site, by subject, as far as the configuration tells them apart.
    private let slices: [[[Place]]]
    /// By patient, the contrasts that may be imputed.
    private let targets: [[Int]]
    private let configuration: TrainingConfiguration
    /// What is given, where that is one contrast that everybody drawn has.
    private let source: Int?

    /// Number of different slices.
    package let count: Int

    /// - Parameters:
    ///   - target: the only contrast that is imputed; nil for all.
    ///   - source: the only one that is given, which may be imputed, too; nil for all others.
    /// - Throws: `ModelError.Code.data` if no patient has two contrasts, or those asked for, or none has a slice with
    ///   enough brain; `.configuration` for a site that is found in some names only, contrasts of nobody.
    package init(
        _ patients: [TrainingPatient], _ configuration: TrainingConfiguration, target: Int? = nil, source: Int? = nil
    ) throws(ModelError) {
        self.patients = patients
        self.configuration = configuration
        self.source = source
        targets = try patients.map { patient throws(ModelError) in
            let allowed = try patient.targets(configuration.sampling)
            guard source.map(allowed.contains) ?? true else { return [] }
            return allowed.filter { target == nil || $0 == target }
        }
        let sampling = configuration.sampling
        var groups: [String: [String: [Place]]] = [:]
        for (index, patient) in patients.enumerated() where patient.present.count >= 2 && !targets[index].isEmpty {
            let needed = Double(patient.height * patient.width) * configuration.smallestBrain
            let places = patient.brainPixels.enumerated().filter { Double($0.element) > needed }
                .map { Place(patient: Int32(index), slice: Int32($0.offset)) }
            guard !places.isEmpty else { continue }
            let subject = sampling.by == .slice ? "" : patient.subject
            groups[try sampling.site(of: patient.name), default: [:]][subject, default: []] += places
        }
        guard !groups.isEmpty else {
            throw ModelError(
                .data, "",
                "no patient has \(Self.wanted([source, target], configuration)) and a slice with enough brain; add patients or lower smallestBrain"
            )
        }
        slices = groups.sorted { $0.key < $1.key }.map { site in
            site.value.sorted { $0.key < $1.key }.map(\.value)
        }
        count = slices.joined().reduce(0) { $0 + $1.count }
    }

    private static func wanted(_ contrasts: [Int?], _ configuration: TrainingConfiguration) -> String {
        let names = contrasts.compactMap { $0 }.map { configuration.contrasts[$0] }
        return names.isEmpty ? "two contrasts" : names.joined(separator: " and ")
    }

    /// - Throws: `ModelError.Code.data` if the slice cannot be read.
    package func draw(using random: inout SeededGenerator) throws(ModelError) -> TrainingSample {
        let subjects = Self.one(of: slices, using: &random)
        let places = Self.one(of: subjects, using: &random)
        let place = places[random.index(below: places.count)]
        let patient = patients[Int(place.patient)]
        let targets = targets[Int(place.patient)]
        let target = targets[random.index(below: targets.count)]
        var inputs = source.map { [$0] } ?? patient.present.filter { $0 != target }
        if random.uniform() < Float(configuration.inputDropout), inputs.count > 1 {
            for _ in 0...random.index(below: inputs.count - 1) { inputs.remove(at: random.index(below: inputs.count)) }
        }
        let augmentation = Augmentation.random(
            using: &random, configuration.augmentation, contrasts: patient.contrasts.count)
        let slice = try patient.slices([Int(place.slice)])
        let (height, width) = (configuration.crop.height, configuration.crop.width)
        let images = slice.images.enumerated().map { contrast, image -> [Float]? in
            guard let image else { return nil }
            let altered = augmentation.apply(to: image, height: slice.height, width: slice.width, contrast: contrast)
            return centred(altered, from: (slice.height, slice.width), to: (height, width))
        }
        func tensors(_ images: [[Float]?]) -> [Tensor?] {
            images.map { $0.map { Tensor(Shape(1, height, width, 1), $0) } }
        }
        let truth = tensors(images)
        guard configuration.inputVariation != .none else {
            return TrainingSample(images: truth, target: target, inputs: inputs, targets: targets)
        }
        let normalisation = Normalisation(configuration.normalisation)
        let given = images.map { image in
            let variation = InputVariation.random(using: &random, configuration.inputVariation)
            return image.map { variation.apply(to: $0, height: height, width: width, normalisation) }
        }
        return TrainingSample(
            images: truth, given: tensors(given), target: target, inputs: inputs, targets: targets)
    }

    /// An element; where there is only one, without a draw.
    private static func one<T>(of elements: [T], using random: inout SeededGenerator) -> T {
        elements.count == 1 ? elements[0] : elements[random.index(below: elements.count)]
    }
}

extension TrainingPatient {
    /// Contrasts that may be imputed.
    ///
    /// - Throws: `ModelError.Code.configuration` for `inputsOnly` with a contrast that the patient does not have.
    func targets(_ sampling: TrainingConfiguration.Sampling) throws(ModelError) -> [Int] {
        let inputsOnly = sampling.inputsOnly[name] ?? []
        if let other = inputsOnly.first(where: { !contrasts.contains($0) }) {
            throw ModelError(
                .configuration, "", "sampling.inputsOnly: \(name) has no contrast '\(other)'; correct the name")
        }
        return present.filter { !inputsOnly.contains(contrasts[$0]) }
    }
}

extension TrainingConfiguration.Sampling {
    /// Empty where sites are not told apart.
    fileprivate func site(of patient: String) throws(ModelError) -> String {
        guard by == .site, let site, let expression = try? Regex(site) else { return "" }
        guard let match = patient.firstMatch(of: expression), let found = match.firstFound, !found.isEmpty else {
            throw ModelError(
                .configuration, "", "sampling.site (\(site)) finds nothing in the name of patient \(patient); extend it"
            )
        }
        return found
    }
}

extension Regex<AnyRegexOutput>.Match {
    /// What the first group that found something found, else the whole match.
    package var firstFound: String? {
        let groups = (1..<max(output.count, 1)).compactMap { output[$0].substring }
        return (groups.first { !$0.isEmpty } ?? output[0].substring).map(String.init)
    }
}

/// The middle of an image that may be larger than the training crop.
private func centred(_ image: [Float], from: (height: Int, width: Int), to: (height: Int, width: Int)) -> [Float] {
    guard from != to else { return image }
    let (top, left) = ((from.height - to.height) / 2, (from.width - to.width) / 2)
    return (0..<to.height).flatMap { y in
        let first = (y + top) * from.width + left
        return image[first..<first + to.width]
    }
}
