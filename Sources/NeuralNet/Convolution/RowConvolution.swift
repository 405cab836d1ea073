import CKernels
import Tensors

/// Convolutions of stride 1 with square kernels and few channels, row by row: the image is copied with its padding, so that the pixels
/// under a kernel's row lie one after another, and each row of the kernel is one product without gathering.
///
/// Few outputs would leave most of a vector empty: then neighbouring pixels are computed together, with the filter
/// repeated and shifted in one wider matrix.
struct RowConvolution {
    /// Outputs that fill a vector.
    private static let wide = 16
    /// Pixels of a task.
    private static let taskPixels = 4096

    let inputs: Int
    let outputs: Int
    let padding: Int
    /// Of the kernel.
    var side = 3

    // MARK: Forward

    /// y = x ∗ weights + bias, weights [side][side][inputs][outputs].
    func forward(
        _ x: PaddedImages, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>?, into y: Tensor,
        statistics: RunStatistics? = nil, firstRun: Int = 0
    ) {
        let together = pixelsTogether(y)
        let main = ShiftedFilter(self, weights, bias, pixels: together)
        let rest = y.shape.w % together == 0 ? main : ShiftedFilter(self, weights, bias, pixels: 1)
        let covered = y.shape.w / together * together
        withPointers(to: x, main, rest, y, statistics) { x, main, rest, y, statistics in
            forEachRow(y.shape) { row in
                let (image, line) = (row / y.shape.h, row % y.shape.h)
                let target = y.row(row * y.shape.w)
                main.apply(
                    x, image: image, line: line, from: 0, count: covered, into: target, stride: y.stride)
                rest.apply(
                    x, image: image, line: line, from: covered, count: y.shape.w - covered,
                    into: target + covered * y.stride, stride: y.stride)
                if let statistics {
                    let run = firstRun + row
                    ck_run_sums(
                        target, y.stride64, Int64(y.shape.w), Int64(y.shape.c), statistics.shifts(run),
                        statistics.sums(run), statistics.squares(run))
                }
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
        let mainSums = (0..<parts).map { _ in main.zeros() }
        let restSums = (0..<parts).map { _ in rest.zeros() }
        withPointers(to: x, dy, mainSums, restSums) { x, dy, mainSums, restSums in
            Parallel.forEach(parts) { part in
                for row in part * rows / parts..<(part + 1) * rows / parts {
                    let (image, line) = (row / dy.shape.h, row % dy.shape.h)
                    let source = dy.row(row * dy.shape.w)
                    main.add(
                        x, image: image, line: line, from: 0, count: covered, dy: source, stride: dy.stride,
                        to: mainSums[part])
                    rest.add(
                        x, image: image, line: line, from: covered, count: dy.shape.w - covered,
                        dy: source + covered * dy.stride, stride: dy.stride, to: restSums[part])
                }
            }
            for part in 0..<parts {
                main.fold(mainSums[part], into: gradient)
                rest.fold(restSums[part], into: gradient)
            }
        }
    }
}

/// A copy of images with zeros around them, read through an activation where there is one.
struct PaddedImages {
    private let values: Tensor

    init(_ x: Tensor, _ activation: ChannelActivation?, padding: Int) {
        let shape = Shape(x.shape.n, x.shape.h + 2 * padding, x.shape.w + 2 * padding, x.shape.c)
        values = Tensor(shape)
        withPointers(to: x, activation, values) { x, activation, values in
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
                        activation.apply(
                            image, from: source, stride: x.stride, to: inner, stride: shape.c, rows: x.shape.w)
                    } else {
                        ck_copy(source, x.stride64, inner, Int64(shape.c), Int64(x.shape.w), Int64(shape.c))
                    }
                    (inner + x.shape.w * shape.c).update(repeating: 0, count: padding * shape.c)
                }
            }
        }
    }
}

extension PaddedImages: PointerAccess {
    /// Where the padded images lie.
    struct Pointers {
        fileprivate let values: Tensor.Pointers

        var channels: Int { values.shape.c }

        /// The pixels under row `ky` of a kernel whose output is at `line`, `column`.
        func pointer(image: Int, line: Int, ky: Int, column: Int) -> UnsafeMutablePointer<Float> {
            values.row((image * values.shape.h + line + ky) * values.shape.w + column)
        }
    }

    func pointers(_ permit: borrowing PointerPermit) -> Pointers { Pointers(values: values.pointers(permit)) }
}
