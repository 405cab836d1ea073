import CollaGAN
import NeuralNet
import Tensors

/// A small generator (ngf 8) with seeded weights and images of 32×48: one forward and backward pass.
struct GeneratorStep {
    let generator = Generator(ngf: 8, contrasts: 4)
    let images: [Tensor]
    let targets: [Int]

    init(training samples: Int) {
        var random = SeededGenerator(seed: 21)
        for parameter in generator.parameters { parameter.initialiseXavier(using: &random) }
        let shape = Shape(samples, 32, 48, 1)
        images = (0..<4).map { _ in Tensor(shape, (0..<shape.count).map { _ in random.uniform() }) }
        targets = (0..<samples).map { $0 % 4 }
    }

    func run() -> (output: [Float], gradients: [[Float]]) {
        let tape = Tape()
        let output = generator(images.map { Variable($0) }, targets: targets, tape)
        tape.backward(from: tape.meanAbsoluteError(output, images[0]))
        return (output.value.array(), generator.parameters.map { $0.gradient?.array() ?? [] })
    }
}
