import CKernels
import ElementaryFunctions
import Tensors

/// How a parameter lies in memory here, and so how it is turned into the PyTorch layout of a weight file.
package enum ParameterLayout: Sendable, Equatable {
    /// Bias, norm scale or shift: the same in both.
    case vector
    /// Here kernel height, kernel width, in, out; in files out, in, kernel height, kernel width.
    case convolution(height: Int, width: Int, input: Int, output: Int)
    /// Here in, kernel height, kernel width, out; in files in, out, kernel height, kernel width.
    case transposedConvolution(height: Int, width: Int, input: Int, output: Int)
    /// Here in, out; in files out, in.
    case dense(input: Int, output: Int)
}

/// A trainable tensor under its dotted name (method.md §8).
package final class Parameter {
    package let name: String
    package let layout: ParameterLayout
    package let values: Tensor
    package private(set) var gradient: Tensor?
    /// True while gradients are not wanted, e.g. for the discriminator during the generator's turn.
    package var isFrozen = false

    package convenience init(name: String, layout: ParameterLayout, count: Int) {
        self.init(name: name, layout: layout, values: Tensor(Shape(1, 1, 1, count), filledWith: 0))
    }

    /// - Parameter values: 1,1,1,count; shared, not copied.
    package init(name: String, layout: ParameterLayout, values: Tensor) {
        (self.name, self.layout, self.values) = (name, layout, values)
    }

    /// A vector that is no part of a network and never trained: scale or shift of a norm that has none.
    package static func fixed(_ value: Float, count: Int) -> Parameter {
        let parameter = Parameter(
            name: "", layout: .vector, values: Tensor(Shape(1, 1, 1, count), filledWith: value))
        parameter.isFrozen = true
        return parameter
    }

    /// A convolution weight for some of the input channels, copied.
    ///
    /// - Precondition: a convolution's weight.
    package func inputs(_ ranges: [Range<Int>]) -> Parameter {
        guard case .convolution(let height, let width, let input, let output) = layout else {
            preconditionFailure("not a convolution's weight")
        }
        let channels = ranges.flatMap { Array($0) }
        let part = Parameter(
            name: name, layout: .convolution(height: height, width: width, input: channels.count, output: output),
            count: height * width * channels.count * output)
        withPointers(to: values, part.values) { whole, part in
            for tap in 0..<height * width {
                for (place, channel) in channels.enumerated() {
                    (part.pointer + (tap * channels.count + place) * output).update(
                        from: whole.pointer + (tap * input + channel) * output, count: output)
                }
            }
        }
        return part
    }

    /// Takes the values of a convolution's or dense layer's weight with other inputs.
    ///
    /// - Parameter places: for each input here, its place there; an input without one gets zeros.
    /// - Precondition: the same kind of layer, kernel and outputs.
    package func setInputs(_ places: [Int?], from source: Parameter) {
        let ((taps, input, output), there) = (slices, source.slices)
        precondition(taps == there.taps && output == there.output && places.count == input, "layers that do not match")
        withPointers(to: values, source.values) { values, source in
            for tap in 0..<taps {
                for (index, place) in places.enumerated() {
                    let target = values.pointer + (tap * input + index) * output
                    if let place {
                        target.update(from: source.pointer + (tap * there.input + place) * output, count: output)
                    } else {
                        target.update(repeating: 0, count: output)
                    }
                }
            }
        }
    }

    /// The layout as [taps][input][output].
    private var slices: (taps: Int, input: Int, output: Int) {
        switch layout {
        case .convolution(let height, let width, let input, let output): (height * width, input, output)
        case .dense(let input, let output): (1, input, output)
        case .vector, .transposedConvolution: preconditionFailure("not a convolution's or dense weight")
        }
    }

    package var count: Int { values.shape.c }

    /// The gradient, zeros at first, for an operation to add to.
    package func gradientForAdding() -> Tensor {
        if let gradient { return gradient }
        let zeros = Tensor(values.shape, filledWith: 0)
        gradient = zeros
        return zeros
    }

    /// Sets the gradient back to zero.
    package func clearGradient() {
        withPointers(to: gradient) { $0?.pointer.update(repeating: 0, count: count) }
    }

    /// Hands the gradient over; the next one starts from zeros. Nil where nothing was added.
    func takeGradient() -> Tensor? {
        defer { gradient = nil }
        return gradient
    }

    /// Puts a gradient in the place of the present one.
    func setGradient(_ gradient: Tensor?) {
        self.gradient = gradient
    }

    /// Shape in a weight file.
    package var fileShape: [Int] {
        switch layout {
        case .vector: [count]
        case .convolution(let h, let w, let i, let o): [o, i, h, w]
        case .transposedConvolution(let h, let w, let i, let o): [i, o, h, w]
        case .dense(let i, let o): [o, i]
        }
    }

    /// Values or gradient in the layout of a weight file.
    package func fileValues(of tensor: Tensor) -> [Float] {
        let source = tensor.array()
        return fileOrder().map { source[$0] }
    }

    /// Sets the values from the layout of a weight file.
    ///
    /// - Precondition: as many values as `count`.
    package func setFileValues(_ file: [Float], into tensor: Tensor) {
        precondition(file.count == count, "value count does not match the parameter")
        withPointers(to: tensor) { tensor in
            for (position, index) in fileOrder().enumerated() { tensor.pointer[index] = file[position] }
        }
    }

    /// For each position in the file, the index here.
    private func fileOrder() -> [Int] {
        switch layout {
        case .vector:
            return Array(0..<count)
        case .dense(let input, let output):
            return (0..<output).flatMap { o in (0..<input).map { i in i * output + o } }
        case .convolution(let height, let width, let input, let output):
            var order: [Int] = []
            order.reserveCapacity(count)
            for o in 0..<output {
                for i in 0..<input {
                    for tap in 0..<height * width { order.append((tap * input + i) * output + o) }
                }
            }
            return order
        case .transposedConvolution(let height, let width, let input, let output):
            var order: [Int] = []
            order.reserveCapacity(count)
            for i in 0..<input {
                for o in 0..<output {
                    for tap in 0..<height * width { order.append((i * height * width + tap) * output + o) }
                }
            }
            return order
        }
    }
}

extension Parameter {
    /// Normal of mean 0 (Box and Muller 1958); vectors are left alone.
    package func initialiseNormal(deviation: Double, using generator: inout SeededGenerator) {
        guard layout != .vector else { return }
        withPointers(to: values) { values in
            for index in 0..<count {
                let radius = (-2 * Elementary.log(Double(1 - generator.uniform()))).squareRoot()
                let angle = 2 * .pi * Double(generator.uniform())
                values.pointer[index] = Float(deviation * radius * Elementary.cos(angle))
            }
        }
    }

    /// U(−b, b), b = 1 ÷ √(fan in), as PyTorch initialises convolutions; vectors are left alone.
    package func initialiseByFanIn(using generator: inout SeededGenerator) {
        guard case .convolution(let height, let width, let input, _) = layout else { return }
        let bound = 1 / Float(height * width * input).squareRoot()
        withPointers(to: values) { values in
            for index in 0..<count { values.pointer[index] = generator.uniform(-bound...bound) }
        }
    }

    /// Xavier uniform (Glorot and Bengio 2010): U(−b, b), b = √(6 ÷ (fan in + fan out)); vectors are left alone.
    package func initialiseXavier(using generator: inout SeededGenerator) {
        let fans: Int
        switch layout {
        case .vector: return
        case .dense(let input, let output): fans = input + output
        case .convolution(let h, let w, let i, let o), .transposedConvolution(let h, let w, let i, let o):
            fans = h * w * (i + o)
        }
        let bound = (6 / Float(fans)).squareRoot()
        withPointers(to: values) { values in
            for index in 0..<count { values.pointer[index] = generator.uniform(-bound...bound) }
        }
    }
}
