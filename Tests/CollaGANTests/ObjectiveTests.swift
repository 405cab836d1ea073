import CollaGAN
import NeuralNet
import Tensors
import TestSupport
import Testing

@Suite struct ObjectiveTests {
    private let generator = Generator(ngf: 4, contrasts: 4)
    private let discriminator = Discriminator(contrasts: 4, crop: (96, 96))

    init() {
        var random = SeededGenerator(seed: Spread.seed(7))
        for parameter in generator.parameters + discriminator.parameters {
            parameter.initialiseXavier(using: &random)
        }
    }

    private func sample(target: Int = 1, inputs: [Int] = [0, 2, 3], missing: Set<Int> = []) -> TrainingSample {
        let stack = syntheticStack(seed: Spread.seed(3), slices: 1, missing: missing)
        return TrainingSample(
            images: stack.images.map { $0.map { Tensor(Shape(1, 96, 96, 1), $0) } }, target: target, inputs: inputs)
    }

    private func objective(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> Objective {
        var configuration = tinyConfiguration()
        configuration.weights.adversarial = 2
        configuration.weights.classification = 3
        change(&configuration)
        return Objective(configuration: configuration, generator: generator, discriminator: discriminator)
    }

    private func weighted(_ losses: LossValues, _ weights: TrainingConfiguration.Weights) -> Double {
        func term(_ weight: Float, _ value: Float?) -> Double { Double(weight) * Double(value ?? 0) }
        return term(weights.reconstruction, losses.reconstruction) + term(weights.cycle, losses.cycle)
            + term(weights.ssim, losses.ssim) + term(weights.adversarial, losses.adversarial)
            + term(weights.classification, losses.classification)
    }

    private func clear() {
        for parameter in generator.parameters + discriminator.parameters { parameter.clearGradient() }
    }

    /// Moves the parameters along their gradient and compares the change of `loss` with the gradient's length. Short
    /// ways, because leaky ReLU and max pooling bend; of three ways the middle one counts.
    private func relativeGradientError(of parameters: [Parameter], loss: () -> Double) -> Double {
        clear()
        _ = loss()
        let gradients = parameters.map {
            ($0.gradient?.array() ?? [Float](repeating: 0, count: $0.count)).map(Double.init)
        }
        let length = gradients.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
        func move(by distance: Double) {
            for (parameter, gradient) in zip(parameters, gradients) {
                withPointers(to: parameter.values) { values in
                    for index in 0..<parameter.count {
                        values.pointer[index] += Float(distance * gradient[index] / length)
                    }
                }
            }
        }
        func shifted(_ distance: Double) -> Double {
            move(by: distance)
            defer { move(by: -distance) }
            return loss()
        }
        let errors = [5e-5, 1e-4, 2e-4].map { distance in
            abs((shifted(distance) - shifted(-distance)) / (2 * distance) - length) / length
        }
        return errors.contains(where: \.isNaN) ? .nan : errors.sorted()[1]
    }

    @Test(arguments: ["reconstruction", "cycle", "ssim", "adversarial", "classification", "all"])
    func generatorStepAgreesWithFiniteDifferences(term: String) {
        let objective = objective { configuration in
            guard term != "all" else { return }
            var weights = TrainingConfiguration.Weights()
            weights.cycle = 0
            weights.ssim = 0
            weights.adversarial = 0
            weights.classification = 0
            switch term {
            case "reconstruction": weights.reconstruction = 1
            case "cycle": weights.cycle = 1
            case "ssim": weights.ssim = 1
            case "adversarial": weights.adversarial = 1
            default: weights.classification = 1
            }
            configuration.weights = weights
        }
        let sample = sample()
        let error = relativeGradientError(of: generator.parameters) {
            var (dropout, losses) = (SeededGenerator(seed: 5), LossValues())
            _ = objective.addGeneratorGradients(
                sample, batch: 1, reconstructionOnly: false, dropout: &dropout, losses: &losses)
            return weighted(losses, objective.configuration.weights)
        }
        // The least squares of the discriminator's maps bend most: 0.0215 at most in ten draws, against 0.0073 of the
        // other terms.
        let limit = term == "adversarial" ? 0.05 : 0.02
        #expect(Spread.isWithin(error, limit, "generator against finite differences: \(term)"))
    }

    /// The cycle asks for no contrast that may not be imputed, though it is given to every pass.
    @Test func theCycleAsksForTargetsOnly() throws {
        let objective = objective()
        func fakes(_ targets: [Int]?) -> (fakes: Fakes?, cycle: Float?) {
            var sample = sample()
            if let targets { sample.targets = targets }
            var (dropout, losses) = (SeededGenerator(seed: 5), LossValues())
            let fakes = objective.addGeneratorGradients(
                sample, batch: 1, reconstructionOnly: false, dropout: &dropout, losses: &losses)
            return (fakes, losses.cycle)
        }
        let (all, some, none) = (fakes(nil), fakes([0, 1, 3]), fakes([1]))
        #expect(all.fakes?.contrasts.filter { $0 != 1 } == [0, 2, 3])
        #expect(some.fakes?.contrasts.filter { $0 != 1 } == [0, 3])
        #expect(none.fakes?.contrasts.allSatisfy { $0 == 1 } == true && none.cycle == nil)
        let (whole, part) = (try #require(all.cycle), try #require(some.cycle))
        #expect(part > 0 && part < whole)
        func classified(_ targets: [Int]) -> Float? {
            var sample = sample()
            sample.targets = targets
            var (dropout, losses) = (SeededGenerator(seed: 5), LossValues())
            objective.addClassifierGradients(sample, batch: 1, dropout: &dropout, losses: &losses)
            return losses.discriminator
        }
        #expect(classified([0, 1, 3]) != classified([0, 1, 2, 3]))
    }

    @Test func discriminatorStepAgreesWithFiniteDifferences() {
        let objective = objective()
        let sample = sample()
        var (dropout, losses) = (SeededGenerator(seed: 5), LossValues())
        let fakes = objective.addGeneratorGradients(
            sample, batch: 1, reconstructionOnly: false, dropout: &dropout, losses: &losses)!
        let error = relativeGradientError(of: discriminator.parameters) {
            var (dropout, losses) = (SeededGenerator(seed: 6), LossValues())
            objective.addDiscriminatorGradients(sample, fakes, batch: 1, dropout: &dropout, losses: &losses)
            return Double(losses.discriminator!)
        }
        #expect(Spread.isWithin(error, 0.02, "discriminator against finite differences"))
    }

    /// On the way back each parameter that is used is told of once, when its gradient is what it is in the end.
    @Test func gradientsAreFinalWhenToldOf() {
        let objective = objective()
        let sample = sample()
        var (dropout, losses) = (SeededGenerator(seed: 5), LossValues())
        var (unused, told) = ([Parameter](), [(parameter: Parameter, gradient: [Float])]())
        func watch(_ parameters: [Parameter]) -> GradientWatch {
            (unused, told) = ([], [])
            return GradientWatch(
                begin: { isUsed in unused = parameters.filter { !isUsed($0) } },
                end: { parameter in
                    if !parameter.isFrozen { told.append((parameter, parameter.gradient?.array() ?? [])) }
                })
        }
        func expectAll(_ parameters: [Parameter]) {
            #expect((told.map(\.parameter) + unused).map(\.name).sorted() == parameters.map(\.name).sorted())
            for (parameter, gradient) in told {
                #expect(parameter.gradient?.array() == gradient && !gradient.isEmpty, "\(parameter.name)")
            }
            #expect(unused.allSatisfy { $0.gradient == nil })
        }
        let fakes = objective.addGeneratorGradients(
            sample, batch: 1, reconstructionOnly: false, dropout: &dropout, losses: &losses,
            watch: watch(generator.parameters))!
        expectAll(generator.parameters)
        #expect(told.first?.parameter.name == "generator.head.weight")
        #expect(told.last?.parameter.name.hasPrefix("generator.encoder.") == true)
        // The norm takes the biases of its convolutions away.
        #expect(!unused.isEmpty && unused.allSatisfy { $0.name.contains(".conv") && $0.name.hasSuffix(".bias") })
        objective.addDiscriminatorGradients(
            sample, fakes, batch: 1, dropout: &dropout, losses: &losses, watch: watch(discriminator.parameters))
        expectAll(discriminator.parameters)
        #expect(unused.isEmpty)
    }

    @Test func eachTurnTrainsItsOwnNetwork() {
        let objective = objective()
        let sample = sample()
        var (dropout, losses) = (SeededGenerator(seed: 5), LossValues())
        let fakes = objective.addGeneratorGradients(
            sample, batch: 1, reconstructionOnly: false, dropout: &dropout, losses: &losses)!
        #expect(discriminator.parameters.allSatisfy { $0.gradient == nil })
        #expect(generator.parameters.contains { $0.gradient != nil })
        clear()
        objective.addDiscriminatorGradients(sample, fakes, batch: 1, dropout: &dropout, losses: &losses)
        #expect(generator.parameters.allSatisfy { $0.gradient?.array().allSatisfy { $0 == 0 } ?? true })
        #expect(discriminator.parameters.contains { $0.gradient?.array().contains { $0 != 0 } ?? false })
    }

    @Test func countingTheImputationTwiceRepeatsItAmongTheFakes() {
        var (dropout, losses) = (SeededGenerator(seed: 5), LossValues())
        let once = objective().addGeneratorGradients(
            sample(), batch: 1, reconstructionOnly: false, dropout: &dropout, losses: &losses)!
        let twice = objective { $0.countImputationTwice = true }.addGeneratorGradients(
            sample(), batch: 1, reconstructionOnly: false, dropout: &dropout, losses: &losses)!
        #expect(once.contrasts == [1, 0, 2, 3])
        #expect(twice.contrasts == [1, 1, 0, 2, 3])
        #expect(twice.images.images(0..<1).array() == twice.images.images(1..<2).array())
    }

    @Test func patientsThatLackAContrastTakePart() {
        var (dropout, losses) = (SeededGenerator(seed: 5), LossValues())
        let fakes = objective().addGeneratorGradients(
            sample(target: 2, inputs: [0, 3], missing: [1]), batch: 1, reconstructionOnly: false, dropout: &dropout,
            losses: &losses)!
        #expect(fakes.contrasts == [2, 0, 3])
    }

    @Test func reconstructionOnlyLeavesTheRestOut() {
        var (dropout, losses) = (SeededGenerator(seed: 5), LossValues())
        let fakes = objective().addGeneratorGradients(
            sample(), batch: 1, reconstructionOnly: true, dropout: &dropout, losses: &losses)
        #expect(fakes == nil)
        #expect(losses.cycle == nil && losses.adversarial == nil && losses.reconstruction != nil)
    }
}
