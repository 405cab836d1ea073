import CKernels
import Tensors

/// The convolution of any geometry: patches are gathered in cache-sized blocks and multiplied by one-threaded GEMMs,
/// blocks side by side on the threads. What the networks do most has faster ways: `Winograd`, `RowConvolution`,
/// `BlockConvolution`.
///
/// Weights are `[kernel height][kernel width][in][out]`. Blocks and partial sums depend on the shapes alone.
enum GatheredConvolution {
    /// Floats of gathered patches per block: half a MiB, so that a block and its weights share the second-level cache.
    private static let blockFloats = 131_072
    /// Below this many output pixels the work is split over output channels instead.
    private static let fewRows = 512

    // MARK: Forward

    /// y = x ∗ weights + bias, x read through `activation`. y may be a channel slice.
    static func forward(
        _ x: Tensor, _ activation: ChannelActivation?, weights: Tensor, bias: Tensor?, geometry: ConvolutionGeometry,
        into y: Tensor
    ) {
        withPointers(to: x, activation, weights, bias, y) { x, activation, weights, bias, y in
            forward(x, activation, weights: weights.pointer, bias: bias?.pointer, geometry: geometry, into: y)
        }
    }

    static func forward(
        _ x: Tensor.Pointers, _ activation: ChannelActivation.Pointers?, weights: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?, geometry: ConvolutionGeometry, into y: Tensor.Pointers
    ) {
        let depth = geometry.taps * x.shape.c
        let (rows, outputs) = (y.shape.rows, y.shape.c)
        func product(
            _ range: Range<Int>, _ channels: Range<Int>, _ patches: UnsafePointer<Float>, stride: Int
        ) {
            let target = y.row(range.lowerBound) + channels.lowerBound
            if let bias {
                ck_fill_rows(
                    bias + channels.lowerBound, target, y.stride64, Int64(range.count), Int64(channels.count))
            }
            MatrixProduct.multiply(
                m: range.count, n: channels.count, k: depth, a: patches, stride: stride,
                b: weights + channels.lowerBound, stride: outputs, add: bias.isThere, c: target, stride: y.stride)
        }
        if rows <= fewRows {
            let isPlain = geometry.isPointwise && !activation.isThere
            let gathered = isPlain ? nil : gatherAll(x, activation, geometry, output: y.shape)
            let columns = max(16, (outputs / 8 + 15) / 16 * 16)
            withPointers(to: gathered) { gathered in
                Parallel.forEachChunk(of: outputs, by: columns) { channels in
                    product(
                        0..<rows, channels, gathered?.pointer ?? x.pointer,
                        stride: isPlain ? x.stride : depth)
                }
            }
            return
        }
        forEachBlock(x, through: activation, geometry, output: y.shape) { range, patches, stride in
            product(range, 0..<outputs, patches, stride: stride)
        }
    }

    // MARK: Gradients

    /// dLoss/dx from dLoss/dy.
    static func inputGradient(
        _ dy: Tensor, weights: Tensor, geometry: ConvolutionGeometry, input: Shape
    ) -> Tensor {
        let dx = Tensor(input)
        withPointers(to: dy, weights, dx) { dy, weights, dx in
            inputGradient(dy, weights: weights.pointer, geometry: geometry, into: dx)
        }
        return dx
    }

    private static func inputGradient(
        _ dy: Tensor.Pointers, weights: UnsafePointer<Float>, geometry: ConvolutionGeometry, into dx: Tensor.Pointers
    ) {
        let (input, outputs) = (dx.shape, dy.shape.c)
        let kernelSize = geometry.kernelSize
        if geometry.isPointwise {
            Parallel.forEachChunk(of: input.rows, by: blockRows(max(outputs, input.c), input.rows)) { range in
                MatrixProduct.multiply(
                    m: range.count, n: input.c, k: outputs, a: dy.row(range.lowerBound), stride: dy.stride,
                    b: weights, stride: outputs, bTransposed: true, add: false, c: dx.row(range.lowerBound),
                    stride: dx.stride)
            }
        } else if geometry.stride == 1, geometry.padding < min(kernelSize.height, kernelSize.width),
            kernelSize.height == kernelSize.width
        {
            var backwards = geometry
            backwards.padding = kernelSize.height - 1 - geometry.padding
            withPointers(to: rotate(weights, taps: geometry.taps, inputs: input.c, outputs: outputs)) { rotated in
                forward(dy, nil, weights: rotated, bias: nil, geometry: backwards, into: dx)
            }
        } else if geometry.padding > 0, let phases = PhasedConvolution(adjointTo: geometry) {
            phases.toFine(dy, weights: weights, into: dx)
        } else {
            scatterGradient(dy, weights: weights, geometry: geometry, into: dx)
        }
    }

    /// Adds dLoss/dweights.
    static func addWeightGradient(
        _ x: Tensor, _ activation: ChannelActivation?, _ dy: Tensor, geometry: ConvolutionGeometry,
        to dweights: Tensor
    ) {
        let depth = geometry.taps * x.shape.c
        let (rows, outputs) = (dy.shape.rows, dy.shape.c)
        let count = depth * outputs
        // Few partial sums where weights are large, many where images are.
        let parts = max(1, min(8, rows / 64, count > 1 << 20 ? 2 : 8))
        let perPart = (rows + parts - 1) / parts
        let partials = Tensor(Shape(parts, 1, 1, count))
        let block = blockRows(depth, perPart)
        let isPlain = geometry.isPointwise && activation == nil
        withPointers(to: x, activation, dy, partials, dweights) { x, activation, dy, partials, dweights in
            let patches = geometry.ckPatches(of: x, output: dy.shape)
            Parallel.forEach(parts) { part in
                let target = partials.row(part)
                let end = min(rows, (part + 1) * perPart)
                var first = part * perPart
                if first >= end { target.update(repeating: 0, count: count) }
                withPointers(to: isPlain ? nil : Buffer(count: block * depth)) { scratch in
                    var add = false
                    while first < end {
                        let size = min(block, end - first)
                        if let scratch { gather(x, through: activation, patches, first..<first + size, into: scratch) }
                        MatrixProduct.multiply(
                            m: depth, n: outputs, k: size, a: scratch ?? x.row(first),
                            stride: isPlain ? x.stride : depth, aTransposed: true, b: dy.row(first),
                            stride: dy.stride, add: add, c: target, stride: outputs)
                        add = true
                        first += size
                    }
                }
            }
            Parallel.forEachChunk(of: count, by: 16384) { range in
                for part in 0..<parts {
                    ck_axpy(
                        1, partials.row(part) + range.lowerBound, 0, dweights.pointer + range.lowerBound, 0, 1,
                        Int64(range.count))
                }
            }
        }
    }

    /// Adds Σ over all pixels of each channel: dLoss/dbias.
    static func addColumnSums(of dy: Tensor, to sums: Tensor) {
        withPointers(to: dy, sums) { dy, target in
            let total = ChannelSums.over(rows: dy.shape.rows, channels: dy.shape.c) { rows, sums in
                ck_sum_rows(dy.row(rows.lowerBound), dy.stride64, Int64(rows.count), Int64(dy.shape.c), sums)
            }
            for channel in 0..<dy.shape.c { target.pointer[channel] += Float(total[channel]) }
        }
    }

    // MARK: Parts

    private static func blockRows(_ depth: Int, _ rows: Int) -> Int {
        let byCache = max(16, min(1024, blockFloats / depth / 16 * 16))
        let byShare = max(16, (rows / 8 + 15) / 16 * 16)
        return min(byCache, byShare)
    }

    private static func gatherAll(
        _ x: Tensor.Pointers, _ activation: ChannelActivation.Pointers?, _ geometry: ConvolutionGeometry, output: Shape
    ) -> Tensor {
        let gathered = Tensor(Shape(1, 1, output.rows, geometry.taps * x.shape.c))
        let patches = geometry.ckPatches(of: x, output: output)
        withPointers(to: gathered) { gathered in
            Parallel.forEachChunk(of: output.rows, by: 32) { range in
                gather(x, through: activation, patches, range, into: gathered.row(range.lowerBound))
            }
        }
        return gathered
    }

    private static func forEachBlock(
        _ x: Tensor.Pointers, through activation: ChannelActivation.Pointers?, _ geometry: ConvolutionGeometry,
        output: Shape, _ body: (_ rows: Range<Int>, _ patches: UnsafePointer<Float>, _ stride: Int) -> Void
    ) {
        let depth = geometry.taps * x.shape.c
        let block = blockRows(depth, output.rows)
        let patches = geometry.ckPatches(of: x, output: output)
        Parallel.forEachChunk(of: output.rows, by: block) { range in
            if geometry.isPointwise && !activation.isThere {
                body(range, x.row(range.lowerBound), x.stride)
                return
            }
            withPointers(to: Buffer(count: block * depth)) { scratch in
                gather(x, through: activation, patches, range, into: scratch)
                body(range, scratch, depth)
            }
        }
    }

    private static func gather(
        _ x: Tensor.Pointers, through activation: ChannelActivation.Pointers?, _ patches: ck_patches,
        _ rows: Range<Int>,
        into columns: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: patches) { patches in
            activation.withKernel {
                ck_gather_patches(patches, x.pointer, $0, Int64(rows.lowerBound), Int64(rows.count), columns)
            }
        }
    }

    /// Weights with the taps reversed and in/out swapped: the filter of the input gradient.
    static func rotate(
        _ weights: UnsafePointer<Float>, taps: Int, inputs: Int, outputs: Int
    ) -> Buffer {
        let rotated = Buffer(count: taps * inputs * outputs)
        withPointers(to: rotated) { rotated in
            Parallel.forEach(taps) { tap in
                let from = weights + (taps - 1 - tap) * inputs * outputs
                let to = rotated + tap * inputs * outputs
                for input in 0..<inputs {
                    for output in 0..<outputs { to[output * inputs + input] = from[input * outputs + output] }
                }
            }
        }
        return rotated
    }

    /// Input gradient of a strided convolution: patches of gradients by GEMM, added onto the image.
    private static func scatterGradient(
        _ dy: Tensor.Pointers, weights: UnsafePointer<Float>, geometry: ConvolutionGeometry, into dx: Tensor.Pointers
    ) {
        let depth = geometry.taps * dx.shape.c
        let outputs = dy.shape.c
        Parallel.forEachChunk(of: dx.shape.rows, by: rowsPerChunk(dx.shape.c)) { rows in
            ck_fill(dx.row(rows.lowerBound), dx.stride64, Int64(rows.count), Int64(dx.shape.c), 0)
        }
        let patches = geometry.ckPatches(of: dx, output: dy.shape)
        // Patches that do not overlap can be scattered side by side; others image by image.
        let separate = geometry.stride >= max(geometry.kernelSize.height, geometry.kernelSize.width)
        let band = separate ? blockRows(depth, dy.shape.rows) : dy.shape.pixels
        Parallel.forEachChunk(of: dy.shape.rows, by: band) { rows in
            withPointers(to: Buffer(count: rows.count * depth)) { columns in
                MatrixProduct.multiply(
                    m: rows.count, n: depth, k: outputs, a: dy.row(rows.lowerBound), stride: dy.stride, b: weights,
                    stride: outputs, bTransposed: true, add: false, c: columns, stride: depth)
                withUnsafePointer(to: patches) {
                    ck_scatter_patches($0, columns, Int64(rows.lowerBound), Int64(rows.count), dx.pointer)
                }
            }
        }
    }
}
