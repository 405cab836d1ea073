import CKernels
import Tensors

/// 3×3 convolutions of step 1 with few channels, row by row: the image is copied with its padding, so that the pixels under a kernel's row
/// lie one after another, and each row of the kernel is one product without gathering.
///
/// Few outputs would leave most of a vector empty: then neighbouring pixels are computed together, with the filter repeated and shifted in
/// one wider matrix.
struct RowConvolution {
    /// Outputs that fill a vector.
    private static let wide = 16
    /// Pixels of a task.
    private static let taskPixels = 4096

    let inputs: Int
    let outputs: Int
    let padding: Int

    // MARK: Forward

    /// y = x ∗ weights + bias, weights [3][3][inputs][outputs].
    func forward(
        _ x: PaddedImages, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into y: Tensor,
        statistics: RunStatistics? = nil, firstRun: Int = 0
    ) {
        let together = pixelsTogether(y)
        let main = ShiftedFilter(self, weights, bias, pixels: together)
        let rest = y.shape.w % together == 0 ? main : ShiftedFilter(self, weights, bias, pixels: 1)
        let covered = y.shape.w / together * together
        forEachRow(y.shape) { row in
            let (image, line) = (row / y.shape.h, row % y.shape.h)
            let target = y.row(row * y.shape.w)
            main.apply(x, image, line, from: 0, count: covered, into: target, stride: y.stride)
            rest.apply(
                x, image, line, from: covered, count: y.shape.w - covered, into: target + covered * y.stride,
                stride: y.stride)
            if let statistics {
                let run = firstRun + row
                ck_run_sums(
                    target, y.stride64, Int64(y.shape.w), Int64(y.shape.c), statistics.shifts(run),
                    statistics.sums(run),
                    statistics.squares(run))
            }
        }
    }

    private func pixelsTogether(_ y: Tensor) -> Int {
        guard y.isContiguous, outputs < Self.wide else { return 1 }
        return min(y.shape.w, (Self.wide + outputs - 1) / outputs)
    }

    private func forEachRow(_ shape: Shape, _ body: (Int) -> Void) {
        Parallel.forEachChunk(of: shape.n * shape.h, by: max(1, Self.taskPixels / shape.w)) { rows in
            for row in rows { body(row) }
        }
    }

    // MARK: Gradients

    /// Adds dLoss/dweights in the layout of the weights.
    func addWeightGradient(_ x: PaddedImages, _ dy: Tensor, to gradient: UnsafeMutablePointer<Float>) {
        let rows = dy.shape.n * dy.shape.h
        let together = pixelsTogether(dy)
        let covered = dy.shape.w / together * together
        let (main, rest) = (ShiftedGradient(self, pixels: together), ShiftedGradient(self, pixels: 1))
        let parts = min(rows, 8)
        let sums = (0..<parts).map { _ in (main.zeros(), rest.zeros()) }
        Parallel.forEach(parts) { part in
            for row in part * rows / parts..<(part + 1) * rows / parts {
                let (image, line) = (row / dy.shape.h, row % dy.shape.h)
                let source = dy.row(row * dy.shape.w)
                main.add(x, image, line, from: 0, count: covered, source, stride: dy.stride, to: sums[part].0)
                rest.add(
                    x, image, line, from: covered, count: dy.shape.w - covered, source + covered * dy.stride,
                    stride: dy.stride, to: sums[part].1)
            }
        }
        for (first, second) in sums {
            main.fold(first, into: gradient)
            rest.fold(second, into: gradient)
        }
    }
}

/// A copy of images with zeros around them, read through an activation where there is one.
struct PaddedImages {
    let channels: Int
    private let height: Int
    private let width: Int
    private let values: Tensor

    init(_ x: Tensor, _ activation: ChannelActivation?, padding: Int) {
        let shape = Shape(x.shape.n, x.shape.h + 2 * padding, x.shape.w + 2 * padding, x.shape.c)
        let values = Tensor(shape)
        (channels, height, width, self.values) = (x.shape.c, shape.h, shape.w, values)
        Parallel.forEachChunk(of: shape.n * shape.h, by: max(1, 16384 / (shape.w * shape.c))) { rows in
            for row in rows {
                let (image, line) = (row / shape.h, row % shape.h - padding)
                let target = values.row(row * shape.w)
                guard (0..<x.shape.h).contains(line) else {
                    target.update(repeating: 0, count: shape.w * shape.c)
                    continue
                }
                let inner = target + padding * shape.c
                let source = x.row((image * x.shape.h + line) * x.shape.w)
                target.update(repeating: 0, count: padding * shape.c)
                if let activation {
                    activation.apply(image, source, x.stride, inner, shape.c, x.shape.w)
                } else {
                    ck_copy(source, x.stride64, inner, Int64(shape.c), Int64(x.shape.w), Int64(shape.c))
                }
                (inner + x.shape.w * shape.c).update(repeating: 0, count: padding * shape.c)
            }
        }
    }

    /// The pixels under row `ky` of a kernel whose output is at `line`, `column`.
    func pointer(_ image: Int, _ line: Int, _ ky: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
        values.row((image * height + line + ky) * width + column)
    }
}

/// The filter as three matrices, one per row of the kernel: ((pixels + 2) · inputs) × (pixels · outputs).
private struct ShiftedFilter {
    private let layer: RowConvolution
    private let pixels: Int
    private let panels: Int
    private let size: Int
    private let matrices: Buffer
    private let bias: [Float]?

    init(_ layer: RowConvolution, _ weights: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, pixels: Int) {
        let (depth, columns) = ((pixels + 2) * layer.inputs, pixels * layer.outputs)
        let panel = 2 * Int(ck_vector())
        panels = panel
        size = (columns + panel - 1) / panel * panel * depth
        (self.layer, self.pixels) = (layer, pixels)
        matrices = Buffer(count: 3 * size)
        self.bias = bias.map { bias in (0..<columns).map { bias[$0 % layer.outputs] } }
        var dense = [Float](repeating: 0, count: depth * columns)
        for ky in 0..<3 {
            for pixel in 0..<pixels {
                for tap in 0..<3 {
                    for input in 0..<layer.inputs {
                        let from = weights + ((ky * 3 + tap) * layer.inputs + input) * layer.outputs
                        let place = ((pixel + tap) * layer.inputs + input) * columns + pixel * layer.outputs
                        for output in 0..<layer.outputs { dense[place + output] = from[output] }
                    }
                }
            }
            ck_gemm_pack(Int64(depth), Int64(columns), dense, Int64(columns), 1, matrices.pointer + ky * size)
        }
    }

    func apply(
        _ x: PaddedImages, _ image: Int, _ line: Int, from first: Int, count: Int,
        into y: UnsafeMutablePointer<Float>, stride: Int
    ) {
        guard count > 0 else { return }
        let depth = (pixels + 2) * layer.inputs
        for ky in 0..<3 {
            ck_gemm(
                Int64(count / pixels), Int64(pixels * layer.outputs), Int64(depth), x.pointer(image, line, ky, first),
                Int64(pixels * x.channels), 1, matrices.pointer + ky * size, Int64(panels * depth), Int64(panels), y,
                Int64(pixels * stride), ky == 0 ? bias : nil, ky > 0 ? 1 : 0)
        }
    }
}

/// The weight gradient in the form of `ShiftedFilter`'s matrices.
private struct ShiftedGradient {
    private let layer: RowConvolution
    private let pixels: Int

    init(_ layer: RowConvolution, pixels: Int) { (self.layer, self.pixels) = (layer, pixels) }

    private var depth: Int { (pixels + 2) * layer.inputs }
    private var columns: Int { pixels * layer.outputs }

    func zeros() -> Tensor { Tensor(Shape(3, 1, 1, depth * columns), filledWith: 0) }

    func add(
        _ x: PaddedImages, _ image: Int, _ line: Int, from first: Int, count: Int, _ dy: UnsafePointer<Float>,
        stride: Int, to sums: Tensor
    ) {
        guard count > 0 else { return }
        for ky in 0..<3 {
            ck_gemm(
                Int64(depth), Int64(columns), Int64(count / pixels), x.pointer(image, line, ky, first), 1,
                Int64(pixels * x.channels), dy, 2 * ck_vector(), Int64(pixels * stride), sums.row(ky), Int64(columns),
                nil, 1)
        }
    }

    func fold(_ sums: Tensor, into gradient: UnsafeMutablePointer<Float>) {
        for ky in 0..<3 {
            for pixel in 0..<pixels {
                for tap in 0..<3 {
                    for input in 0..<layer.inputs {
                        let to = gradient + ((ky * 3 + tap) * layer.inputs + input) * layer.outputs
                        let from =
                            sums.row(ky) + ((pixel + tap) * layer.inputs + input) * columns + pixel * layer.outputs
                        for output in 0..<layer.outputs { to[output] += from[output] }
                    }
                }
            }
        }
    }
}
