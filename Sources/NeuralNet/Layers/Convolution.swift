import Tensors

extension Tape {
    /// 2-D convolution: N,H,W,C → N,H',W',K with weights K×C×h×w, zero padding, optional bias.
    package func convolution(
        _ x: Variable, _ weight: Parameter, bias: Parameter? = nil, stride: Int = 1, padding: Int = 0
    ) -> Variable {
        guard case .convolution(let height, let width, let inputs, let outputs) = weight.layout else {
            preconditionFailure("not a convolution's weight")
        }
        precondition(inputs == x.shape.c, "the input has other channels than the weight")
        if stride == height, stride == width, stride > 1, padding == 0, bias == nil {
            return stridedConvolution(x, groups: [weight])
        }
        let geometry = ConvolutionGeometry(
            kernelSize: KernelSize(height: height, width: width), stride: stride, padding: padding)
        return convolution(x, weight, bias: bias, geometry: geometry, outputs: outputs)
    }

    /// Fully connected layer: N,1,1,C → N,1,1,K.
    package func dense(_ x: Variable, _ weight: Parameter, bias: Parameter) -> Variable {
        guard case .dense(let inputs, let outputs) = weight.layout else { preconditionFailure("not a dense weight") }
        precondition(inputs == x.shape.c, "the input has other channels than the weight")
        return convolution(
            x, weight, bias: bias, geometry: ConvolutionGeometry(kernelSize: KernelSize(height: 1, width: 1)),
            outputs: outputs)
    }

    /// 2-D convolution in groups whose stride is the kernel's size, without bias or padding: group g turns its channels
    /// of the input into its channels of the result.
    ///
    /// - Precondition: square kernels.
    package func stridedConvolution(_ x: Variable, groups: [Parameter]) -> Variable {
        guard case .convolution(let height, let width, let inputs, let outputs) = groups[0].layout else {
            preconditionFailure("not a convolution's weight")
        }
        precondition(
            height == width && inputs * groups.count == x.shape.c, "the input has other channels than the weights")
        let y = Tensor(
            Shape(x.shape.n, x.shape.h / height, x.shape.w / width, outputs * groups.count))
        let blocks = BlockConvolution(
            strided: FilterBank(groups), kernelSize: KernelSize(height: height, width: width),
            precision: filters.precision)
        blocks.toCoarse(x.raw, x.activation, filters.packed(blocks, toCoarse: true), into: y)
        return record(y, when: x.needsGradient, groups) { [filters] dy in
            if groups.contains(where: { !$0.isFrozen }) {
                blocks.addWeightGradient(fine: x.raw, x.activation, coarse: dy, nil)
            }
            if x.needsGradient {
                let dx = Tensor(x.shape)
                blocks.toFine(dy, nil, filters.packed(blocks, toCoarse: false), bias: nil, into: dx)
                x.receive(dx)
            }
        }
    }

    private func convolution(
        _ x: Variable, _ weight: Parameter, bias: Parameter?, geometry: ConvolutionGeometry, outputs: Int
    ) -> Variable {
        let y = Tensor(geometry.output(of: x.shape, channels: outputs))
        let grouped = [9, 49].contains(geometry.taps) ? GroupedConvolution(FilterBank([weight]), geometry) : nil
        if let grouped {
            grouped.forward(x, bias: bias?.values, into: y, filters: filters)
        } else {
            GatheredConvolution.forward(
                x.raw, x.activation, weights: weight.values, bias: bias?.values, geometry: geometry, into: y)
        }
        return record(y, from: x, weight, bias) { [filters] dy in
            if let bias, !bias.isFrozen { GatheredConvolution.addColumnSums(of: dy, to: bias.gradientForAdding()) }
            if let grouped {
                grouped.backward(x, dy, filters: filters)
                return
            }
            if !weight.isFrozen {
                GatheredConvolution.addWeightGradient(
                    x.raw, x.activation, dy, geometry: geometry, to: weight.gradientForAdding())
            }
            if x.needsGradient {
                x.receive(
                    GatheredConvolution.inputGradient(dy, weights: weight.values, geometry: geometry, input: x.shape))
            }
        }
    }
}
