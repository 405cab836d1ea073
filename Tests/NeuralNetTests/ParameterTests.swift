import NeuralNet
import OperationCases
import Tensors
import TestSupport
import Testing

@Suite struct ParameterTests {
    /// W[o][i][ky][kx] = 1000·o + 100·i + 10·ky + kx, the first index slowest: PyTorch's Conv2d.
    @Test func convolutionWeightsLieAsInPyTorch() {
        let weight = ParameterRegistry().convolution("w", kernel: (2, 3), input: 2, output: 2)
        #expect(weight.fileShape == [2, 2, 2, 3])
        var file: [Float] = []
        for o in 0..<2 {
            for i in 0..<2 {
                for ky in 0..<2 { for kx in 0..<3 { file.append(Float(1000 * o + 100 * i + 10 * ky + kx)) } }
            }
        }
        weight.setFileValues(file, into: weight.values)
        #expect(weight.fileValues(of: weight.values) == file)
        // An impulse at line 0, column 1 of channel 1 meets W[o][1][0][1].
        var image = [Float](repeating: 0, count: 2 * 3 * 2)
        image[1 * 2 + 1] = 1
        let y = Tape().convolution(Variable(Tensor(Shape(1, 2, 3, 2), image)), weight)
        #expect(y.value.array() == [101, 1101])
    }

    /// W[i][o][ky][kx]: PyTorch's ConvTranspose2d.
    @Test func transposedConvolutionWeightsLieAsInPyTorch() {
        let registry = ParameterRegistry()
        let weight = registry.transposedConvolution("w", kernel: 2, input: 2, output: 3)
        let bias = registry.vector("b", count: 3)
        #expect(weight.fileShape == [2, 3, 2, 2])
        var file: [Float] = []
        for i in 0..<2 {
            for o in 0..<3 {
                for ky in 0..<2 { for kx in 0..<2 { file.append(Float(1000 * i + 100 * o + 10 * ky + kx)) } }
            }
        }
        weight.setFileValues(file, into: weight.values)
        #expect(weight.fileValues(of: weight.values) == file)
        let x = Variable(Tensor(Shape(1, 1, 1, 2), [0, 1]))
        let y = Tape().transposedConvolution(x, weight, bias: bias)
        #expect(y.value.array() == [1000, 1100, 1200, 1001, 1101, 1201, 1010, 1110, 1210, 1011, 1111, 1211])
    }

    /// W[o][i]: PyTorch's Linear.
    @Test func denseWeightsLieAsInPyTorch() {
        let registry = ParameterRegistry()
        let (weight, bias) = (registry.dense("w", input: 3, output: 2), registry.vector("b", count: 2))
        #expect(weight.fileShape == [2, 3])
        weight.setFileValues([1, 2, 3, 4, 5, 6], into: weight.values)
        bias.setFileValues([0.5, -0.5], into: bias.values)
        let y = Tape().dense(Variable(Tensor(Shape(1, 1, 1, 3), [1, 10, 100])), weight, bias: bias)
        #expect(y.value.array() == [321.5, 653.5])
        #expect(weight.fileValues(of: weight.values) == [1, 2, 3, 4, 5, 6])
    }

    @Test func everyLayoutSurvivesTheRoundTrip() throws {
        let (registry, random) = (mixed(), SeededGenerator(seed: 6))
        var generator = random
        var expected: [String: [Float]] = [:]
        for parameter in registry.parameters {
            let values = (0..<parameter.count).map { _ in generator.uniform(-1...1) }
            parameter.setFileValues(values, into: parameter.values)
            #expect(parameter.fileValues(of: parameter.values) == values)
            #expect(parameter.fileShape.reduce(1, *) == parameter.count)
            expected[parameter.name] = values
        }
        var file = Safetensors()
        file.store(registry.parameters)
        #expect(file.tensors.mapValues(\.values) == expected)

        let other = mixed()
        try file.load(into: other.parameters, path: "a.safetensors")
        for (a, b) in zip(registry.parameters, other.parameters) { #expect(a.values.array() == b.values.array()) }
    }

    @Test func namesComeInTheOrderOfRegistration() {
        #expect(mixed().parameters.map(\.name) == ["conv.weight", "conv.bias", "up.weight", "fc.weight"])
        #expect(mixed().parameters.map(\.fileShape) == [[5, 4, 3, 2], [5], [4, 6, 2, 2], [7, 3]])
    }

    @Test(arguments: ["missing", "shape", "not finite"]) func unfitFilesAreRefused(_ fault: String) {
        let registry = mixed()
        var file = Safetensors()
        file.store(registry.parameters)
        switch fault {
        case "missing": file.tensors["up.weight"] = nil
        case "shape": file.tensors["up.weight"]!.shape = [6, 4, 2, 2]
        default: file.tensors["up.weight"]!.values[5] = .infinity
        }
        let error = #expect(throws: ModelError.self) { try file.load(into: registry.parameters, path: "a.safetensors") }
        #expect(error?.code == (fault == "not finite" ? .malformed : .mismatch))
        #expect(error?.path == "a.safetensors")
        #expect(error?.message.contains("'up.weight'") == true)
    }

    /// Bounds √(6 ÷ (fan in + fan out)), worked out by hand.
    @Test(arguments: [
        (OperationCase.Weight.convolution(3, 3, input: 16, output: 32), 0.117_851_13),  // √(6 ÷ 432)
        (.convolution(1, 1, input: 50, output: 70), 0.223_606_8),  // √(6 ÷ 120)
        (.transposedConvolution(40, 20), 0.158_113_88),  // √(6 ÷ 240)
        (.dense(100, 50), 0.2),
    ])
    func xavierFillsItsBounds(_ weight: OperationCase.Weight, bound: Double) {
        let parameter = Parameter(name: "w", layout: weight.layout, count: weight.count)
        var generator = SeededGenerator(seed: 13)
        parameter.initialiseXavier(using: &generator)
        let values = parameter.values.array().map { Double($0) }
        let largest = values.map(abs).max()!
        #expect(largest <= bound * (1 + 1e-6) && largest > bound * 0.99)
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + $1 * $1 } / count
        // Five standard errors of mean and variance of a uniform distribution.
        #expect(abs(mean) < 5 * bound / (3 * count).squareRoot())
        #expect(abs(variance - bound * bound / 3) < 5 * bound * bound * (4.0 / 45 / count).squareRoot())

        let again = Parameter(name: "w", layout: weight.layout, count: weight.count)
        var same = SeededGenerator(seed: 13)
        again.initialiseXavier(using: &same)
        #expect(again.values.array() == parameter.values.array())
    }

    @Test func xavierLeavesVectorsAlone() {
        let bias = ParameterRegistry().vector("b", count: 3)
        bias.setFileValues([1, 2, 3], into: bias.values)
        var generator = SeededGenerator(seed: 1)
        bias.initialiseXavier(using: &generator)
        #expect(bias.values.array() == [1, 2, 3])
        #expect(generator == SeededGenerator(seed: 1))
    }

    private func mixed() -> ParameterRegistry {
        let registry = ParameterRegistry()
        _ = registry.convolution("conv.weight", kernel: (3, 2), input: 4, output: 5)
        _ = registry.vector("conv.bias", count: 5)
        _ = registry.transposedConvolution("up.weight", kernel: 2, input: 4, output: 6)
        _ = registry.dense("fc.weight", input: 3, output: 7)
        return registry
    }
}
