import CollaGAN
import NeuralNet
import OperationCases
import Preprocessing
import Tensors
import TestSupport
import Testing

/// Networks and objectives of the other methods against PyTorch's: what the generators make, the discriminators' losses,
/// and in each turn the gradient of every weight, which is that of the sum of its terms. The files are made by
/// `Tests/CrossChecks/method_golden.py`.
@Suite struct MethodGoldenTests {
    private static let methods: [MethodName] = [.stargan, .cyclegan, .pix2pix]

    private let range = Normalisation(.mean).ceiling

    /// The file, the method's training with its weights, and the sample of its images.
    private func prepared(
        _ method: MethodName
    ) throws -> (golden: Safetensors, training: any MethodTraining, sample: StepSample) {
        let path = Fixtures.path("methods/\(method.rawValue).safetensors")
        let golden = try Safetensors.read(path)
        let shape = try #require(golden.tensors["image0"]).shape
        let (height, width) = (shape[2], shape[3])
        let names = ["A", "B", "C"].prefix(golden.tensors.keys.count { $0.hasPrefix("image") })
        let images = names.indices.map { golden.tensors["image\($0)"]!.values }
        var configuration = TrainingConfiguration(method)
        (configuration.ngf, configuration.ndf, configuration.blocks) = (4, method == .stargan ? 1 : 2, 1)
        (configuration.contrasts, configuration.generatorEvery) = (Array(names), 1)
        configuration.crop = ModelDescription.Crop(height: height, width: width)
        let stack = SliceStack(
            contrasts: Array(names), slices: 1, height: height, width: width, images: images,
            brain: Array(repeating: true, count: height * width), scales: names.map { _ in 1 })
        let patient = TrainingPatient(name: "golden", stack: stack)
        let material = TrainingMaterial(
            [patient], sampler: try TrainingSampler([patient], configuration), regressions: [])
        var random = SeededGenerator(seed: 1)
        let training = try method.kind.training(configuration, material, using: &random)
        for parameters in training.groups { try golden.load(into: parameters, path: path) }
        let tensors = images.map { Tensor(Shape(1, height, width, 1), $0) }
        let slices =
            switch method {
            case MethodName.stargan: [TrainingSample(images: tensors, target: 2, inputs: [0])]
            case MethodName.cyclegan: (0..<2).map { TrainingSample(images: tensors, target: $0, inputs: []) }
            default: [TrainingSample(images: tensors, target: 1, inputs: [0])]
            }
        return (golden, training, StepSample(slices, random: SeededGenerator(seed: 7)))
    }

    @Test(arguments: methods) func networksAgree(_ method: MethodName) throws {
        let (golden, training, sample) = try prepared(method)
        let fakes = golden.tensors.filter { $0.key.hasPrefix("fake.") }
        #expect(fakes.count == (method == .stargan ? 1 : 2))
        for (name, fake) in fakes {
            let (source, target) = (name.dropFirst(5).first!.wholeNumberValue!, name.last!.wholeNumberValue!)
            let image = sample.slices[0].images[source]!
            let made = training.synthesis.prepared(
                target: target, inputs: [source], height: image.shape.h, width: image.shape.w, precision: .float32)
            let expected = fake.values.map { (Double($0) + 1) / 2 * Double(range) }
            let error = relativeError(made([image]).array(), expected)
            #expect(Spread.isWithin(error, 1e-4, "golden forward: \(method.rawValue)"))
        }
    }

    @Test(arguments: methods) func gradientsAgree(_ method: MethodName) throws {
        var (golden, training, sample) = try prepared(method)
        let turns = training.turns(of: 0)
        #expect(turns.count == 2)
        var compared = 0
        for turn in turns {
            for parameter in training.groups.joined() { parameter.clearGradient() }
            training.addGradients(turn, 0, of: &sample, batch: 1, watch: nil)
            for (group, parameters) in training.groups.enumerated() {
                for parameter in parameters where group != turn.group {
                    #expect(parameter.gradient?.array().allSatisfy { $0 == 0 } ?? true, "not its turn")
                }
            }
            for parameter in training.groups[turn.group] {
                let expected = try #require(golden.tensors["grad.\(parameter.name)"]).values
                let own = parameter.fileValues(of: try #require(parameter.gradient))
                let error = relativeError(own, expected.map(Double.init))
                #expect(
                    Spread.isWithin(error, 1e-3, "golden gradients: \(method.rawValue)"), "\(parameter.name) \(error)")
                compared += 1
            }
        }
        #expect(compared == golden.tensors.keys.count { $0.hasPrefix("grad.") })
        let loss = try #require(golden.tensors["loss.discriminator"]).values[0]
        #expect(abs(try #require(sample.losses.discriminator) - loss) < 1e-4 * abs(loss))
        if let penalty = golden.tensors["loss.penalty"]?.values[0] {
            #expect(abs(try #require(sample.losses.penalty) - penalty) < 1e-4 * penalty)
        }
    }
}
