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

    /// Transposed convolution of stride 2 and padding 1 that doubles both sides, without bias: N,H,W,C → N,2H,2W,K.
    /// Kernels are 3×3 (with an output padding of 1) and 4×4.
    ///
    /// - Parameter weight: of the convolution from K to C channels whose adjoint this is; in a weight file that is the
    ///   shape of a transposed convolution, [C, K, height, width].
    package func doublingConvolution(_ x: Variable, adjointTo weight: Parameter) -> Variable {
        guard case .convolution(let height, let width, let outputs, let inputs) = weight.layout else {
            preconditionFailure("not a convolution's weight")
        }
        precondition(height == width && (3...4).contains(height), "only 3×3 and 4×4 kernels double an image")
        precondition(inputs == x.shape.c, "the input has other channels than the weight")
        let shape = Shape(x.shape.n, 2 * x.shape.h, 2 * x.shape.w, outputs)
        let geometry = ConvolutionGeometry(
            kernelSize: KernelSize(height: height, width: width), stride: 2, padding: 1)
        let values = x.value
        let y = GatheredConvolution.inputGradient(values, weights: weight.values, geometry: geometry, input: shape)
        return record(y, from: x, weight) { dy in
            if !weight.isFrozen {
                GatheredConvolution.addWeightGradient(
                    dy, nil, values, geometry: geometry, to: weight.gradientForAdding())
            }
            if x.needsGradient {
                let dx = Tensor(x.shape)
                GatheredConvolution.forward(dy, nil, weights: weight.values, bias: nil, geometry: geometry, into: dx)
                x.receive(dx)
            }
        }
    }
}
