import Tensors

/// Registers parameters in a stable order while a network is built.
package final class ParameterRegistry {
    package private(set) var parameters: [Parameter] = []
    private let given: [String: Tensor]

    /// - Parameter values: of parameters by name, which then share this memory; others get memory of their own.
    package init(sharing values: [String: Tensor] = [:]) { given = values }

    /// A vector with the same value everywhere at first, e.g. a bias.
    package func vector(_ name: String, count: Int, filledWith value: Float = 0) -> Parameter {
        add(name, .vector, count: count, filledWith: value)
    }

    package func convolution(_ name: String, kernel: (height: Int, width: Int), input: Int, output: Int) -> Parameter {
        add(
            name, .convolution(height: kernel.height, width: kernel.width, input: input, output: output),
            count: kernel.height * kernel.width * input * output)
    }

    package func transposedConvolution(_ name: String, kernel: Int, input: Int, output: Int) -> Parameter {
        add(
            name, .transposedConvolution(height: kernel, width: kernel, input: input, output: output),
            count: kernel * kernel * input * output)
    }

    package func dense(_ name: String, input: Int, output: Int) -> Parameter {
        add(name, .dense(input: input, output: output), count: input * output)
    }

    private func add(_ name: String, _ layout: ParameterLayout, count: Int, filledWith value: Float = 0) -> Parameter {
        let values = given[name] ?? Tensor(Shape(1, 1, 1, count), filledWith: value)
        precondition(values.shape == Shape(1, 1, 1, count), "the given values have another shape")
        let parameter = Parameter(name: name, layout: layout, values: values)
        parameters.append(parameter)
        return parameter
    }
}
