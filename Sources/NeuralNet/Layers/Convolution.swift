import Tensors

extension Tape {
    /// 2-D convolution: N,H,W,C → N,H',W',K with weights K×C×h×w, zero padding, optional bias.
    public func convolution(
        _ x: Variable, _ weight: Parameter, bias: Parameter? = nil, step: Int = 1, padding: Int = 0
    ) -> Variable {
        guard case .convolution(let height, let width, let inputs, let outputs) = weight.layout else {
            preconditionFailure("not a convolution's weight")
        }
        precondition(inputs == x.shape.c, "the input has other channels than the weight")
        let geometry = ConvolutionGeometry(height: height, width: width, step: step, padding: padding)
        return convolution(x, weight, bias: bias, geometry: geometry, outputs: outputs)
    }

    /// Fully connected layer: N,1,1,C → N,1,1,K.
    public func dense(_ x: Variable, _ weight: Parameter, bias: Parameter) -> Variable {
        guard case .dense(let inputs, let outputs) = weight.layout else { preconditionFailure("not a dense weight") }
        precondition(inputs == x.shape.c, "the input has other channels than the weight")
        return convolution(
            x, weight, bias: bias, geometry: ConvolutionGeometry(height: 1, width: 1), outputs: outputs)
    }

    /// 2-D convolution in groups, without bias: group g turns its channels of the input into its channels of the result.
    public func convolution(_ x: Variable, groups: [Parameter], step: Int = 1, padding: Int = 0) -> Variable {
        guard case .convolution(let height, let width, let inputs, let outputs) = groups[0].layout else {
            preconditionFailure("not a convolution's weight")
        }
        precondition(inputs * groups.count == x.shape.c, "the input has other channels than the weights")
        let geometry = ConvolutionGeometry(height: height, width: width, step: step, padding: padding)
        let y = Tensor(geometry.output(of: x.shape, channels: outputs * groups.count))
        func slice(_ tensor: Tensor, _ group: Int, _ width: Int) -> Tensor {
            tensor.channels(group * width..<(group + 1) * width)
        }
        for (group, weight) in groups.enumerated() {
            ConvolutionEngine.forward(
                slice(x.raw, group, inputs), x.activation?.channels(group * inputs..<(group + 1) * inputs),
                weights: weight.pointer, bias: nil, geometry: geometry, into: slice(y, group, outputs))
        }
        return record(y, when: x.needsGradient || groups.contains { !$0.isFrozen }) { dy in
            let dx = x.needsGradient ? Tensor(x.shape) : nil
            for (group, weight) in groups.enumerated() {
                let dy = slice(dy, group, outputs)
                if !weight.isFrozen {
                    ConvolutionEngine.addWeightGradient(
                        slice(x.raw, group, inputs), x.activation?.channels(group * inputs..<(group + 1) * inputs), dy,
                        geometry: geometry, to: weight.gradientForAdding())
                }
                if let dx {
                    ConvolutionEngine.inputGradient(
                        dy, weights: weight.pointer, geometry: geometry, into: slice(dx, group, inputs))
                }
            }
            if let dx { x.receive(dx) }
        }
    }

    private func convolution(
        _ x: Variable, _ weight: Parameter, bias: Parameter?, geometry: ConvolutionGeometry, outputs: Int
    ) -> Variable {
        let y = Tensor(geometry.output(of: x.shape, channels: outputs))
        let grouped =
            geometry.height == 3 && geometry.width == 3 ? GroupedConvolution(FilterBank([weight]), geometry) : nil
        if let grouped {
            grouped.forward(x, bias: bias?.pointer, into: y, filters: filters)
        } else {
            ConvolutionEngine.forward(
                x.raw, x.activation, weights: weight.pointer, bias: bias?.pointer, geometry: geometry, into: y)
        }
        return record(y, from: x, weight, bias) { [filters] dy in
            if let bias, !bias.isFrozen { ConvolutionEngine.addColumnSums(of: dy, to: bias.gradientForAdding()) }
            if let grouped {
                grouped.backward(x, dy, filters: filters)
                return
            }
            if !weight.isFrozen {
                ConvolutionEngine.addWeightGradient(
                    x.raw, x.activation, dy, geometry: geometry, to: weight.gradientForAdding())
            }
            if x.needsGradient {
                x.receive(
                    ConvolutionEngine.inputGradient(dy, weights: weight.pointer, geometry: geometry, input: x.shape))
            }
        }
    }
}
