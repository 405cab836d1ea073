import Tensors

/// A transposed 3-D convolution whose result is `stride` times as large: D,H,W,C → s·D,s·H,s·W,K.
///
/// result[o] = Σ x[i] · w[k] over o = s · i − padding + k. The places o = s · q + r of one remainder r per axis are a convolution of
/// stride 1 with every s-th tap, so the whole is s³ of them, side by side.
package struct VolumeTransposedConvolution: Sendable {
    /// The places of one remainder per axis.
    private struct Part: Sendable {
        let matrices: TapMatrices
        let places: PerAxis<(first: Int, remainder: Int)>
    }

    private let parts: [Part]
    private let stride: Int
    private let bias: Tensor?

    /// - Parameters:
    ///   - weights: [size][size][size][inputs][outputs].
    ///   - bias: one per output.
    /// - Precondition: as many weights as that; a tap for every remainder: stride ≤ size.
    package init(
        _ weights: [Float], size: Int, inputs: Int, outputs: Int, stride: Int, padding: Int, bias: [Float]? = nil
    ) {
        precondition((1...size).contains(stride), "places that no tap reaches")
        self.stride = stride
        self.bias = bias.map { Tensor(Shape(1, 1, 1, outputs), $0) }
        func axis(_ remainder: Int) -> (taps: [Int], place: (first: Int, remainder: Int)) {
            let least = (remainder + padding) % stride
            let taps = Array(Swift.stride(from: least, to: size, by: stride).reversed())
            return (taps, ((remainder + padding - least) / stride - (taps.count - 1), remainder))
        }
        parts = (0..<stride * stride * stride).map { index in
            let (z, y, x) = (axis(index / stride / stride), axis(index / stride % stride), axis(index % stride))
            return Part(
                matrices: TapMatrices(
                    weights, size: size, inputs: inputs, outputs: outputs,
                    selected: PerAxis(z: z.taps, y: y.taps, x: x.taps)),
                places: PerAxis(z: z.place, y: y.place, x: x.place))
        }
    }

    /// - Precondition: the volume has the filter's channels.
    package func callAsFunction(_ volume: Tensor) -> Tensor {
        let (shape, inputs) = (volume.shape, parts[0].matrices.inputs)
        precondition(shape.c == inputs, "the volume has other channels than the filter")
        let result = Tensor(
            Shape(stride * shape.n, stride * shape.h, stride * shape.w, parts[0].matrices.outputs))
        for part in parts {
            func lattice(_ place: (first: Int, remainder: Int), _ extent: Int) -> Lattice {
                Lattice(first: place.first, count: extent, outStep: stride, outFirst: place.remainder)
            }
            let places = PerAxis(
                z: lattice(part.places.z, shape.n), y: lattice(part.places.y, shape.h),
                x: lattice(part.places.x, shape.w))
            SlabProduct(matrices: part.matrices, places: places).apply(volume, bias: bias, into: result)
        }
        return result
    }
}
