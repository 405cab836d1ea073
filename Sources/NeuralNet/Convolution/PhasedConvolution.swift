import CKernels
import Tensors

/// The adjoint of a convolution of stride 2: leads from its result's size back to its input's. The pixels of the fine
/// image fall into four phases, by odd and even lines and columns; each is a small convolution of the coarse image with
/// every other tap, and nothing is scattered.
struct PhasedConvolution {
    private let geometry: ConvolutionGeometry

    /// Nil for another stride.
    init?(adjointTo geometry: ConvolutionGeometry) {
        guard geometry.stride == 2 else { return nil }
        self.geometry = geometry
    }

    /// - Parameter weights: of the convolution, [ky][kx][fine][coarse].
    func toFine(_ x: Tensor.Pointers, weights: UnsafePointer<Float>, into y: Tensor.Pointers) {
        for (top, vertical) in axes(geometry.kernelSize.height).enumerated() {
            for (left, horizontal) in axes(geometry.kernelSize.width).enumerated() {
                let shape = Shape(
                    y.shape.n, (y.shape.h - top + 1) / 2, (y.shape.w - left + 1) / 2, y.shape.c)
                guard shape.h > 0, shape.w > 0 else { continue }
                withPointers(to: phase(vertical, horizontal, weights, x, shape)) { phase in
                    Parallel.forEachChunk(of: shape.n * shape.h, by: max(1, rowsPerChunk(shape.w * shape.c))) { lines in
                        for line in lines {
                            let (image, row) = line.quotientAndRemainder(dividingBy: shape.h)
                            let target = (image * y.shape.h + 2 * row + top) * y.shape.w + left
                            ck_copy(
                                phase.row(line * shape.w), phase.stride64, y.row(target), 2 * y.stride64,
                                Int64(shape.w), Int64(shape.c))
                        }
                    }
                }
            }
        }
    }

    /// Taps of one axis that reach a phase, in the order of the coarse pixels they read, and how far the first reads
    /// before its own.
    private struct Axis {
        var taps: [Int]
        var padding: Int
    }

    /// Fine pixel 2i + parity gets tap k of coarse pixel i + (parity + padding − k) ÷ 2.
    private func axes(_ kernel: Int) -> [Axis] {
        (0..<2).map { parity in
            let taps = (0..<kernel).reversed().filter { (parity + geometry.padding - $0).isMultiple(of: 2) }
            return Axis(taps: taps, padding: taps.first.map { ($0 - parity - geometry.padding) / 2 } ?? 0)
        }
    }

    private func phase(
        _ vertical: Axis, _ horizontal: Axis, _ weights: UnsafePointer<Float>, _ x: Tensor.Pointers, _ shape: Shape
    ) -> Tensor {
        let taps = vertical.taps.flatMap { ky in horizontal.taps.map { ky * geometry.kernelSize.width + $0 } }
        guard !taps.isEmpty else { return Tensor(shape, filledWith: 0) }
        let (fine, coarse) = (shape.c, x.shape.c)
        let result = Tensor(shape)
        withPointers(to: Buffer(count: taps.count * fine * coarse), result) { filter, result in
            Parallel.forEach(taps.count) { place in
                let (from, to) = (weights + taps[place] * fine * coarse, filter + place * fine * coarse)
                for input in 0..<fine {
                    for output in 0..<coarse { to[output * fine + input] = from[input * coarse + output] }
                }
            }
            let small = ConvolutionGeometry(
                kernelSize: KernelSize(height: vertical.taps.count, width: horizontal.taps.count),
                padding: vertical.padding, leftPadding: horizontal.padding)
            GatheredConvolution.forward(x, nil, weights: filter, bias: nil, geometry: small, into: result)
        }
        return result
    }
}
