import Tensors

/// A 3-D convolution: D,H,W,C → D',H',W',K with D' = ⌊(D + 2 · padding − taps) ÷ stride⌋ + 1.
package struct VolumeConvolution: Sendable {
    private let matrices: TapMatrices
    private let stride: Int
    private let padding: Int

    /// - Parameters:
    ///   - weights: [size][size][size][inputs][outputs], taps along D, H, W.
    ///   - padding: zeros around the volume.
    /// - Precondition: as many weights as that.
    package init(_ weights: [Float], size: Int, inputs: Int, outputs: Int, stride: Int = 1, padding: Int = 0) {
        let all = Array(0..<size)
        matrices = TapMatrices(
            weights, size: size, inputs: inputs, outputs: outputs, selected: PerAxis(z: all, y: all, x: all))
        (self.stride, self.padding) = (stride, padding)
    }

    /// The result's slices.
    package func depth(of volume: Shape) -> Int { extent(volume.n) }

    private func extent(_ extent: Int) -> Int { (extent + 2 * padding - matrices.taps.x) / stride + 1 }

    /// - Parameter slices: of the result, all where nil.
    /// - Precondition: the volume has the filter's channels, and at least one place for it.
    package func callAsFunction(_ volume: Tensor, slices: Range<Int>? = nil) -> Tensor {
        precondition(volume.shape.c == matrices.inputs, "the volume has other channels than the filter")
        func lattice(_ places: Range<Int>) -> Lattice {
            Lattice(step: stride, first: stride * places.lowerBound - padding, count: places.count)
        }
        let places = PerAxis(
            z: lattice(slices ?? 0..<extent(volume.shape.n)), y: lattice(0..<extent(volume.shape.h)),
            x: lattice(0..<extent(volume.shape.w)))
        let result = Tensor(Shape(places.z.count, places.y.count, places.x.count, matrices.outputs))
        SlabProduct(matrices: matrices, places: places).apply(volume, into: result)
        return result
    }
}
