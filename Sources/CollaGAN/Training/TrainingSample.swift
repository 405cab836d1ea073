import NeuralNet
import Preprocessing
import Tensors

/// One patient's slices under a name.
public struct TrainingPatient: Sendable {
    public var name: String
    public var stack: SliceStack

    public init(name: String, stack: SliceStack) {
        (self.name, self.stack) = (name, stack)
    }
}

/// One slice as the objective sees it: contrasts, target, and which inputs are dropped.
public struct TrainingSample {
    /// 1×H×W×1 per contrast; nil where the patient lacks it.
    public var images: [Tensor?]
    public var target: Int
    /// Contrasts given to the network; without the target and the dropped ones.
    public var inputs: [Int]

    /// - Precondition: the target's image is there.
    public init(images: [Tensor?], target: Int, inputs: [Int]) {
        precondition(images[target] != nil, "the target's image is needed")
        (self.images, self.target, self.inputs) = (images, target, inputs)
    }
}

/// Draws training samples: every slice with enough brain of every patient is equally likely.
struct TrainingSampler {
    private let patients: [TrainingPatient]
    private let slices: [(patient: Int, slice: Int)]
    private let configuration: TrainingConfiguration

    /// - Throws: `ModelError.Code.data` if no patient has two contrasts or none has a slice with enough brain.
    init(_ patients: [TrainingPatient], _ configuration: TrainingConfiguration) throws(ModelError) {
        self.patients = patients
        self.configuration = configuration
        var slices: [(patient: Int, slice: Int)] = []
        for (index, patient) in patients.enumerated() {
            let stack = patient.stack
            guard stack.images.count(where: { $0 != nil }) >= 2 else { continue }
            let pixels = stack.height * stack.width
            let needed = Double(pixels) * configuration.smallestBrain
            for slice in 0..<stack.slices
            where Double(stack.brain[slice * pixels..<(slice + 1) * pixels].count(where: { $0 })) > needed {
                slices.append((index, slice))
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

    func draw(using random: inout SeededGenerator) -> TrainingSample {
        let (patient, slice) = slices[random.index(below: slices.count)]
        let stack = patients[patient].stack
        let present = stack.images.indices.filter { stack.images[$0] != nil }
        let target = present[random.index(below: present.count)]
        var inputs = present.filter { $0 != target }
        if random.uniform() < Float(configuration.inputDropout), inputs.count > 1 {
            for _ in 0...random.index(below: inputs.count - 1) { inputs.remove(at: random.index(below: inputs.count)) }
        }
        let augmentation = Augmentation.random(
            using: &random, configuration.augmentation, contrasts: stack.images.count)
        let (height, width) = (configuration.crop.height, configuration.crop.width)
        let images = stack.images.enumerated().map { contrast, image -> Tensor? in
            guard let image else { return nil }
            let slicePixels = stack.height * stack.width
            let altered = image.withUnsafeBufferPointer { values in
                augmentation.apply(
                    to: UnsafeBufferPointer(rebasing: values[slice * slicePixels..<(slice + 1) * slicePixels]),
                    height: stack.height, width: stack.width, contrast: contrast)
            }
            return Tensor(
                Shape(1, height, width, 1),
                centred(altered, from: (stack.height, stack.width), to: (height, width)))
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
