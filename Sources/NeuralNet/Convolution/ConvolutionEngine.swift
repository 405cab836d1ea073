import CKernels
import Tensors

/// Geometry of a 2-D convolution: kernel, step and zero padding.
package struct ConvolutionGeometry: Sendable, Equatable {
    package var height: Int
    package var width: Int
    package var step: Int
    package var padding: Int

    package init(height: Int, width: Int, step: Int = 1, padding: Int = 0) {
        (self.height, self.width, self.step, self.padding) = (height, width, step, padding)
    }

    /// Output shape for an input of `shape`, with `channels` channels.
    package func output(of shape: Shape, channels: Int) -> Shape {
        Shape(
            shape.n, (shape.h + 2 * padding - height) / step + 1, (shape.w + 2 * padding - width) / step + 1, channels)
    }

    var taps: Int { height * width }
    var isPointwise: Bool { taps == 1 && step == 1 && padding == 0 }
}

/// Convolutions of any geometry: patches are gathered in cache-sized blocks and multiplied by one-threaded GEMMs, blocks side by side on
/// the threads. What the networks do most has faster ways: `Winograd`, `RowConvolution`, `BlockConvolution`.
///
/// Weights are `[kernel height][kernel width][in][out]`. Blocks and partial sums depend on the shapes alone.
enum ConvolutionEngine {
    /// Floats of gathered patches per block: half a MiB, so that a block and its weights share the second-level cache.
    private static let blockFloats = 131_072
    /// Below this many output pixels the work is split over output channels instead.
    private static let fewRows = 512

    // MARK: Forward

    /// y = x ∗ weights + bias, x read through `activation`. y may be a channel slice.
    static func forward(
        _ x: Tensor, _ activation: ChannelActivation?, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        geometry: ConvolutionGeometry, into y: Tensor
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
                range.count, channels.count, depth, patches, stride: stride, weights + channels.lowerBound,
                stride: outputs, add: bias != nil, target, stride: y.stride)
        }
        if rows <= fewRows {
            let isPlain = geometry.isPointwise && activation == nil
            let gathered = isPlain ? nil : gatherAll(x, activation, geometry, output: y.shape)
            let columns = max(16, (outputs / 8 + 15) / 16 * 16)
            Parallel.forEachChunk(of: outputs, by: columns) { channels in
                product(
                    0..<rows, channels, gathered?.pointer ?? x.pointer, stride: gathered == nil ? x.stride : depth)
            }
            return
        }
        forEachBlock(x, activation, geometry, output: y.shape) { range, patches, stride in
            product(range, 0..<outputs, patches, stride: stride)
        }
    }

    // MARK: Gradients

    /// dLoss/dx from dLoss/dy.
    static func inputGradient(
        _ dy: Tensor, weights: UnsafePointer<Float>, geometry: ConvolutionGeometry, input: Shape
    ) -> Tensor {
        let dx = Tensor(input)
        inputGradient(dy, weights: weights, geometry: geometry, into: dx)
        return dx
    }

    /// The same, written into `dx`, which may be a channel slice.
    static func inputGradient(
        _ dy: Tensor, weights: UnsafePointer<Float>, geometry: ConvolutionGeometry, into dx: Tensor
    ) {
        let (input, outputs) = (dx.shape, dy.shape.c)
        if geometry.isPointwise {
            Parallel.forEachChunk(of: input.rows, by: blockRows(max(outputs, input.c), input.rows)) { range in
                MatrixProduct.multiply(
                    range.count, input.c, outputs, dy.row(range.lowerBound), stride: dy.stride, weights,
                    stride: outputs, bTransposed: true, add: false, dx.row(range.lowerBound), stride: dx.stride)
            }
        } else if geometry.step == 1, geometry.padding < min(geometry.height, geometry.width),
            geometry.height == geometry.width
        {
            let rotated = rotate(weights, taps: geometry.taps, inputs: input.c, outputs: outputs)
            var backwards = geometry
            backwards.padding = geometry.height - 1 - geometry.padding
            withExtendedLifetime(rotated) {
                forward(dy, nil, weights: rotated.pointer, bias: nil, geometry: backwards, into: dx)
            }
        } else {
            scatterGradient(dy, weights: weights, geometry: geometry, into: dx)
        }
    }

    /// Adds dLoss/dweights.
    static func addWeightGradient(
        _ x: Tensor, _ activation: ChannelActivation?, _ dy: Tensor, geometry: ConvolutionGeometry,
        to dweights: UnsafeMutablePointer<Float>
    ) {
        let depth = geometry.taps * x.shape.c
        let (rows, outputs) = (dy.shape.rows, dy.shape.c)
        let count = depth * outputs
        // Few partial sums where weights are large, many where images are.
        let parts = max(1, min(8, rows / 64, count > 1 << 20 ? 2 : 8))
        let perPart = (rows + parts - 1) / parts
        let partials = Tensor(Shape(parts, 1, 1, count))
        let block = blockRows(depth, perPart)
        Parallel.forEach(parts) { part in
            let target = partials.row(part)
            let scratch = geometry.isPointwise && activation == nil ? nil : Buffer(count: block * depth)
            var patches = ckPatches(x, geometry, output: dy.shape)
            let end = min(rows, (part + 1) * perPart)
            var first = part * perPart
            if first >= end { target.update(repeating: 0, count: count) }
            var add = false
            while first < end {
                let size = min(block, end - first)
                if let scratch {
                    activation.withKernel {
                        ck_gather_patches(&patches, x.pointer, $0, Int64(first), Int64(size), scratch.pointer)
                    }
                }
                MatrixProduct.multiply(
                    depth, outputs, size, scratch?.pointer ?? x.row(first), stride: scratch == nil ? x.stride : depth,
                    aTransposed: true, dy.row(first), stride: dy.stride, add: add, target, stride: outputs)
                add = true
                first += size
            }
            withExtendedLifetime(scratch) {}
        }
        Parallel.forEachChunk(of: count, by: 16384) { range in
            for part in 0..<parts {
                ck_axpy(
                    1, partials.row(part) + range.lowerBound, 0, dweights + range.lowerBound, 0, 1, Int64(range.count))
            }
        }
    }

    /// Adds Σ over all pixels of each channel: dLoss/dbias.
    static func addColumnSums(of dy: Tensor, to sums: UnsafeMutablePointer<Float>) {
        let total = ChannelSums.over(rows: dy.shape.rows, channels: dy.shape.c) { rows, sums in
            ck_sum_rows(dy.row(rows.lowerBound), dy.stride64, Int64(rows.count), Int64(dy.shape.c), sums)
        }
        for channel in 0..<dy.shape.c { sums[channel] += Float(total[channel]) }
    }

    // MARK: Parts

    private static func blockRows(_ depth: Int, _ rows: Int) -> Int {
        let byCache = max(16, min(1024, blockFloats / depth / 16 * 16))
        let byShare = max(16, (rows / 8 + 15) / 16 * 16)
        return min(byCache, byShare)
    }

    private static func ckPatches(_ x: Tensor, _ geometry: ConvolutionGeometry, output: Shape) -> ck_patches {
        ck_patches(
            height: Int64(x.shape.h), width: Int64(x.shape.w), channels: Int64(x.shape.c), stride: x.stride64,
            out_height: Int64(output.h), out_width: Int64(output.w), kernel_height: Int64(geometry.height),
            kernel_width: Int64(geometry.width), step: Int64(geometry.step), pad_top: Int64(geometry.padding),
            pad_left: Int64(geometry.padding))
    }

    private static func gatherAll(
        _ x: Tensor, _ activation: ChannelActivation?, _ geometry: ConvolutionGeometry, output: Shape
    ) -> Tensor {
        let depth = geometry.taps * x.shape.c
        let gathered = Tensor(Shape(1, 1, output.rows, depth))
        let patches = ckPatches(x, geometry, output: output)
        Parallel.forEachChunk(of: output.rows, by: 32) { range in
            gather(x, activation, patches, range, into: gathered.row(range.lowerBound))
        }
        return gathered
    }

    private static func forEachBlock(
        _ x: Tensor, _ activation: ChannelActivation?, _ geometry: ConvolutionGeometry, output: Shape,
        _ body: (_ rows: Range<Int>, _ patches: UnsafePointer<Float>, _ stride: Int) -> Void
    ) {
        let depth = geometry.taps * x.shape.c
        let block = blockRows(depth, output.rows)
        let patches = ckPatches(x, geometry, output: output)
        Parallel.forEachChunk(of: output.rows, by: block) { range in
            if geometry.isPointwise && activation == nil {
                body(range, x.row(range.lowerBound), x.stride)
                return
            }
            let scratch = Buffer(count: block * depth)
            withExtendedLifetime(scratch) {
                gather(x, activation, patches, range, into: scratch.pointer)
                body(range, scratch.pointer, depth)
            }
        }
    }

    private static func gather(
        _ x: Tensor, _ activation: ChannelActivation?, _ patches: ck_patches, _ rows: Range<Int>,
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
        Parallel.forEach(taps) { tap in
            let from = weights + (taps - 1 - tap) * inputs * outputs
            let to = rotated.pointer + tap * inputs * outputs
            for input in 0..<inputs {
                for output in 0..<outputs { to[output * inputs + input] = from[input * outputs + output] }
            }
        }
        return rotated
    }

    /// Input gradient of a strided convolution: patches of gradients by GEMM, added onto the image.
    private static func scatterGradient(
        _ dy: Tensor, weights: UnsafePointer<Float>, geometry: ConvolutionGeometry, into dx: Tensor
    ) {
        let depth = geometry.taps * dx.shape.c
        let outputs = dy.shape.c
        Parallel.forEachChunk(of: dx.shape.rows, by: rowsPerChunk(dx.shape.c)) { rows in
            ck_fill(dx.row(rows.lowerBound), dx.stride64, Int64(rows.count), Int64(dx.shape.c), 0)
        }
        var patches = ckPatches(dx, geometry, output: dy.shape)
        // Patches that do not overlap can be scattered side by side; others image by image.
        let separate = geometry.step >= max(geometry.height, geometry.width)
        let band = separate ? blockRows(depth, dy.shape.rows) : dy.shape.pixels
        withUnsafePointer(to: &patches) { patches in
            nonisolated(unsafe) let patches = patches
            Parallel.forEachChunk(of: dy.shape.rows, by: band) { rows in
                let columns = Buffer(count: rows.count * depth)
                MatrixProduct.multiply(
                    rows.count, depth, outputs, dy.row(rows.lowerBound), stride: dy.stride, weights, stride: outputs,
                    bTransposed: true, add: false, columns.pointer, stride: depth)
                withExtendedLifetime(columns) {
                    ck_scatter_patches(patches, columns.pointer, Int64(rows.lowerBound), Int64(rows.count), dx.pointer)
                }
            }
        }
    }
}
