import NeuralNet

extension ParameterRegistry {
    /// A parameter for a case's weight, zeros at first.
    package func parameter(_ name: String, _ weight: OperationCase.Weight) -> Parameter {
        switch weight.layout {
        case .vector: vector(name, count: weight.count)
        case .convolution(let h, let w, let i, let o): convolution(name, kernel: (h, w), input: i, output: o)
        case .transposedConvolution(let k, _, let i, let o):
            transposedConvolution(name, kernel: k, input: i, output: o)
        case .dense(let i, let o): dense(name, input: i, output: o)
        }
    }
}
