import NeuralNet
import Preprocessing
import Tensors

/// One slice as the objective sees it: contrasts, target, and which inputs are dropped.
package struct TrainingSample {
    /// 1×H×W×1 per contrast; nil where the patient lacks it.
    package var images: [Tensor?]
    package var target: Int
    /// Contrasts given to the network; without the target and the dropped ones.
    package var inputs: [Int]

    /// - Precondition: the target's image is there.
    package init(images: [Tensor?], target: Int, inputs: [Int]) {
        precondition(images[target] != nil, "the target's image is needed")
        (self.images, self.target, self.inputs) = (images, target, inputs)
    }
}

/// Draws training samples: every slice with enough brain of every patient is equally likely. Pixels are read when they
/// are drawn.
struct TrainingSampler {
    private let patients: [TrainingPatient]
    private let slices: [(patient: Int32, slice: Int32)]
    private let configuration: TrainingConfiguration

    /// - Throws: `ModelError.Code.data` if no patient has two contrasts or none has a slice with enough brain.
    init(_ patients: [TrainingPatient], _ configuration: TrainingConfiguration) throws(ModelError) {
        self.patients = patients
        self.configuration = configuration
        var slices: [(patient: Int32, slice: Int32)] = []
        for (index, patient) in patients.enumerated() where patient.present.count >= 2 {
            let needed = Double(patient.height * patient.width) * configuration.smallestBrain
            for (slice, brain) in patient.brainPixels.enumerated() where Double(brain) > needed {
                slices.append((Int32(index), Int32(slice)))
            }
        }
        guard !slices.isEmpty else {
            throw ModelError(
                .data, "",
                "no patient has two contrasts and a slice with enough brain; add patients or lower smallestBrain")
        }
        self.slices = slices
    }

    var count: Int { slices.count }

    /// - Throws: `ModelError.Code.data` if the slice cannot be read.
    func draw(using random: inout SeededGenerator) throws(ModelError) -> TrainingSample {
        let place = slices[random.index(below: slices.count)]
        let patient = patients[Int(place.patient)]
        let present = patient.present
        let target = present[random.index(below: present.count)]
        var inputs = present.filter { $0 != target }
        if random.uniform() < Float(configuration.inputDropout), inputs.count > 1 {
            for _ in 0...random.index(below: inputs.count - 1) { inputs.remove(at: random.index(below: inputs.count)) }
        }
        let augmentation = Augmentation.random(
            using: &random, configuration.augmentation, contrasts: patient.contrasts.count)
        let slice = try patient.slices([Int(place.slice)])
        let (height, width) = (configuration.crop.height, configuration.crop.width)
        let images = slice.images.enumerated().map { contrast, image -> Tensor? in
            guard let image else { return nil }
            let altered = augmentation.apply(to: image, height: slice.height, width: slice.width, contrast: contrast)
            return Tensor(
                Shape(1, height, width, 1),
                centred(altered, from: (slice.height, slice.width), to: (height, width)))
        }
        return TrainingSample(images: images, target: target, inputs: inputs)
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
