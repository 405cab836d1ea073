import Tensors

extension Tape {
    /// Transposed convolution whose stride is its kernel's size (2×2, stride 2): N,H,W,C → N,2H,2W,K with bias.
    ///
    /// Written into `target` where one is given, e.g. a channel slice of the next layer's input.
    package func transposedConvolution(
        _ x: Variable, _ weight: Parameter, bias: Parameter, into target: Tensor? = nil
    ) -> Variable {
        guard case .transposedConvolution(let height, let width, let inputs, let outputs) = weight.layout else {
            preconditionFailure("not a transposed convolution's weight")
        }
        precondition(inputs == x.shape.c, "the input has other channels than the weight")
        let shape = Shape(x.shape.n, x.shape.h * height, x.shape.w * width, outputs)
        let y = target ?? Tensor(shape)
        precondition(y.shape == shape, "the target has another shape than the result")
        let blocks = BlockConvolution(
            transposed: weight, kernelSize: KernelSize(height: height, width: width), inputs: inputs,
            outputs: outputs, precision: filters.precision)
        blocks.toFine(
            x.raw, x.activation, filters.packed(blocks, toCoarse: false), bias: bias.values, into: y)
        return record(y, from: x, weight, bias) { [filters] dy in
            if !weight.isFrozen { blocks.addWeightGradient(fine: dy, nil, coarse: x.raw, x.activation) }
            if !bias.isFrozen { GatheredConvolution.addColumnSums(of: dy, to: bias.gradientForAdding()) }
            if x.needsGradient {
                let dx = Tensor(x.shape)
                blocks.toCoarse(dy, nil, filters.packed(blocks, toCoarse: true), into: dx)
                x.receive(dx)
            }
        }
    }
}
