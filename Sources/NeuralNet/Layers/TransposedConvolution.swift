import CKernels
import Tensors

extension Tape {
    /// Transposed convolution whose step equals its kernel (2×2 step 2): N,H,W,C → N,2H,2W,K with bias.
    ///
    /// Written into `target` where one is given, e.g. a channel slice of the next layer's input.
    public func transposedConvolution(
        _ x: Variable, _ weight: Parameter, bias: Parameter, into target: Tensor? = nil
    ) -> Variable {
        guard case .transposedConvolution(let kernel, _, let inputs, let outputs) = weight.layout else {
            preconditionFailure("not a transposed convolution's weight")
        }
        precondition(inputs == x.shape.c, "the input has other channels than the weight")
        let input = x.shape
        let shape = Shape(input.n, input.h * kernel, input.w * kernel, outputs)
        let y = target ?? Tensor(shape)
        precondition(y.shape == shape, "the target has another shape than the result")
        let depth = kernel * kernel * outputs
        var geometry = ck_patches(
            height: Int64(shape.h), width: Int64(shape.w), channels: Int64(outputs), stride: y.stride64,
            out_height: Int64(input.h), out_width: Int64(input.w), kernel_height: Int64(kernel),
            kernel_width: Int64(kernel), step: Int64(kernel), pad_top: 0, pad_left: 0)
        let rows = max(16, min(512, 65536 / depth))
        Parallel.forEachChunk(of: shape.rows, by: rowsPerChunk(outputs)) { range in
            ck_fill_rows(bias.pointer, y.row(range.lowerBound), y.stride64, Int64(range.count), Int64(outputs))
        }
        let placed = geometry
        let values = x.value
        Parallel.forEachChunk(of: input.rows, by: rows) { range in
            let columns = Buffer(count: range.count * depth)
            MatrixProduct.multiply(
                range.count, depth, inputs, values.row(range.lowerBound), stride: values.stride, weight.pointer,
                stride: depth, beta: 0, columns.pointer, stride: depth)
            withUnsafePointer(to: placed) {
                ck_scatter_patches($0, columns.pointer, Int64(range.lowerBound), Int64(range.count), y.pointer)
            }
        }
        return record(y, from: x, weight, bias) { dy in
            geometry.stride = dy.stride64
            let gathered = Tensor(Shape(1, 1, input.rows, depth))
            let placed = geometry
            Parallel.forEachChunk(of: input.rows, by: rows) { range in
                withUnsafePointer(to: placed) {
                    ck_gather_patches(
                        $0, dy.pointer, nil, Int64(range.lowerBound), Int64(range.count), gathered.row(range.lowerBound))
                }
            }
            if !weight.isFrozen {
                ConvolutionEngine.addWeightGradient(
                    x.raw, x.activation, gathered.viewed(as: Shape(input.n, input.h, input.w, depth)),
                    geometry: ConvolutionGeometry(height: 1, width: 1), to: weight.gradientForAdding())
            }
            if !bias.isFrozen { ConvolutionEngine.addColumnSums(of: dy, to: bias.gradientForAdding()) }
            if x.needsGradient {
                x.receive(
                    ConvolutionEngine.inputGradient(
                        gathered.viewed(as: Shape(input.n, input.h, input.w, depth)), weights: weight.pointer,
                        geometry: ConvolutionGeometry(height: 1, width: 1), input: input))
            }
        }
    }
}
