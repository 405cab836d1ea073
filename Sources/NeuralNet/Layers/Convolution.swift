import Tensors

extension Tape {
    /// 2-D convolution: N,H,W,C → N,H',W',K with weights K×C×h×w, zero padding, optional bias.
    public func convolution(
        _ x: Variable, _ weight: Parameter, bias: Parameter? = nil, step: Int = 1, padding: Int = 0
    ) -> Variable {
        guard case .convolution(let height, let width, let inputs, let outputs) = weight.layout else {
            preconditionFailure("not a convolution's weight")
        }
        precondition(inputs == x.value.shape.c, "the input has other channels than the weight")
        let geometry = ConvolutionGeometry(height: height, width: width, step: step, padding: padding)
        return convolution(x, weight, bias: bias, geometry: geometry, outputs: outputs)
    }

    /// Fully connected layer: N,1,1,C → N,1,1,K.
    public func dense(_ x: Variable, _ weight: Parameter, bias: Parameter) -> Variable {
        guard case .dense(let inputs, let outputs) = weight.layout else { preconditionFailure("not a dense weight") }
        precondition(inputs == x.value.shape.c, "the input has other channels than the weight")
        return convolution(
            x, weight, bias: bias, geometry: ConvolutionGeometry(height: 1, width: 1), outputs: outputs)
    }

    private func convolution(
        _ x: Variable, _ weight: Parameter, bias: Parameter?, geometry: ConvolutionGeometry, outputs: Int
    ) -> Variable {
        let y = Tensor(geometry.output(of: x.value.shape, channels: outputs))
        ConvolutionEngine.forward(
            x.value, weights: weight.pointer, bias: bias?.pointer, geometry: geometry, into: y)
        return record(y, from: x, weight, bias) { dy in
            if !weight.isFrozen {
                ConvolutionEngine.addWeightGradient(x.value, dy, geometry: geometry, to: weight.gradientForAdding())
            }
            if let bias, !bias.isFrozen { ConvolutionEngine.addColumnSums(of: dy, to: bias.gradientForAdding()) }
            if x.needsGradient {
                x.receive(
                    ConvolutionEngine.inputGradient(
                        dy, weights: weight.pointer, geometry: geometry, input: x.value.shape))
            }
        }
    }
}
