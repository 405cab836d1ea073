import CKernels
import Tensors

/// Convolutions whose stride is their kernel's size, in either direction: every pixel of the coarse image goes with a
/// patch of the fine one, and patches do not overlap. A strided convolution leads from fine to coarse, a transposed one
/// from coarse to fine, and the gradient of each is the other.
struct BlockConvolution {
    /// Where the weights lie.
    enum Weights {
        /// [ky][kx][fine][coarse] of each group.
        case strided(FilterBank)
        /// [coarse][ky][kx][fine].
        case transposed(Parameter)
    }

    /// Pixels of the coarse image that are computed together.
    private static let blockPixels = 120

    let weights: Weights
    /// The stride, too.
    let kernelSize: KernelSize
    let groups: Int
    /// Channels of a group.
    let fine: Int
    let coarse: Int

    init(strided bank: FilterBank, kernelSize: KernelSize) {
        weights = .strided(bank)
        self.kernelSize = kernelSize
        groups = bank.groups
        fine = bank.inputs
        coarse = bank.outputs
    }

    init(transposed weight: Parameter, kernelSize: KernelSize, inputs: Int, outputs: Int) {
        weights = .transposed(weight)
        self.kernelSize = kernelSize
        groups = 1
        fine = outputs
        coarse = inputs
    }

    var taps: Int { kernelSize.taps }

    /// What stands for the weights in a cache.
    var owner: Parameter {
        switch weights {
        case .strided(let bank): bank.parameters[0]
        case .transposed(let parameter): parameter
        }
    }

    /// coarse = fine ∗ weights, fine read through `activation`.
    func toCoarse(_ x: Tensor, _ activation: ChannelActivation?, _ filter: PackedBlocks, into y: Tensor) {
        let depth = taps * x.shape.c
        withPointers(to: x, activation, filter, y) { x, activation, filter, y in
            Parallel.forEachChunk(of: y.shape.rows, by: Self.blockPixels) { rows in
                let patches = gathered(x, activation, rows, coarse: y.shape)
                withPointers(to: patches) { patches in
                    for group in 0..<groups {
                        for tap in 0..<taps {
                            filter.multiply(
                                rows: rows.count, group: group, tap: tap, a: patches + tap * x.shape.c + group * fine,
                                stride: depth, into: y.row(rows.lowerBound) + group * coarse, stride: y.stride,
                                add: tap > 0)
                        }
                    }
                }
            }
        }
    }

    /// fine = coarse ∗ᵀ weights + bias, coarse read through `activation`. What no patch covers becomes 0.
    func toFine(
        _ x: Tensor, _ activation: ChannelActivation?, _ filter: PackedBlocks, bias: Tensor?, into y: Tensor
    ) {
        let lines = max(1, Self.blockPixels / x.shape.w)
        withPointers(to: x, activation, filter, bias, y) { x, activation, filter, bias, y in
            clearUncovered(y, by: x.shape)
            Parallel.forEachChunk(of: x.shape.n * x.shape.h, by: lines) { range in
                let pixels = range.lowerBound * x.shape.w..<range.upperBound * x.shape.w
                withActivated(x, through: activation, pixels) { source, stride in
                    for group in 0..<groups {
                        for tap in 0..<taps {
                            filter.forEachPanel(group, tap) { columns, panel in
                                for line in range {
                                    ck_gemm(
                                        Int64(x.shape.w), Int64(columns.count), Int64(coarse),
                                        source + (line - range.lowerBound) * x.shape.w * stride + group * coarse,
                                        Int64(stride), 1, panel, 0, Int64(filter.panel),
                                        y.row(finePixel(line: line, tap: tap, coarse: x.shape, fine: y.shape))
                                            + group * fine + columns.lowerBound,
                                        Int64(kernelSize.width * y.stride),
                                        bias.map { $0.pointer + columns.lowerBound }, 0)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Where a tap of the first patch of a coarse image's line lies in the fine image.
    private func finePixel(line: Int, tap: Int, coarse: Shape, fine: Shape) -> Int {
        let (image, row) = (line / coarse.h, line % coarse.h)
        return (image * fine.h + row * kernelSize.height + tap / kernelSize.width) * fine.w + tap % kernelSize.width
    }

    /// Adds dLoss/dweights, from the values on both sides.
    func addWeightGradient(
        fine x: Tensor, _ activation: ChannelActivation?, coarse y: Tensor, _ coarseActivation: ChannelActivation?
    ) {
        let count = groups * taps * fine * coarse
        let rows = y.shape.rows
        let blocks = (rows + Self.blockPixels - 1) / Self.blockPixels
        let parts = min(blocks, count > 1 << 20 ? 2 : 8)
        let sums = (0..<parts).map { _ in Buffer(count: count) }
        withPointers(to: x, activation, y, coarseActivation, sums) { x, activation, y, coarseActivation, sums in
            Parallel.forEach(parts) { part in
                for block in part * blocks / parts..<(part + 1) * blocks / parts {
                    let range = block * Self.blockPixels..<min(rows, (block + 1) * Self.blockPixels)
                    withPointers(to: gathered(x, activation, range, coarse: y.shape)) { patches in
                        withActivated(y, through: coarseActivation, range) { values, stride in
                            addProducts(
                                patches, values, stride: stride, pixels: range.count, to: sums[part],
                                add: block > part * blocks / parts)
                        }
                    }
                }
            }
        }
        withPointers(to: addedUp(sums, count: count)) { addGradients($0) }
    }

    private func addGradients(_ sum: UnsafePointer<Float>) {
        let size = taps * fine * coarse
        switch weights {
        case .transposed(let parameter): add(sum, size, to: parameter)
        case .strided(let bank):
            for group in 0..<groups {
                if bank.merge == 1 {
                    add(sum + group * size, size, to: bank.parameters[group])
                } else {
                    bank.addGradient(sum + group * size, group)
                }
            }
        }
    }

    private func add(_ sum: UnsafePointer<Float>, _ count: Int, to parameter: Parameter) {
        guard !parameter.isFrozen else { return }
        withPointers(to: parameter.gradientForAdding()) { gradient in
            Parallel.forEachChunk(of: count, by: 16384) { range in
                ck_axpy(1, sum + range.lowerBound, 0, gradient.pointer + range.lowerBound, 0, 1, Int64(range.count))
            }
        }
    }

    private func addProducts(
        _ patches: UnsafePointer<Float>, _ values: UnsafePointer<Float>, stride: Int, pixels: Int,
        to sums: UnsafeMutablePointer<Float>, add: Bool
    ) {
        let panel = 2 * ck_vector()
        let depth = taps * groups * fine
        switch weights {
        case .transposed:
            ck_gemm(
                Int64(coarse), Int64(depth), Int64(pixels), values, 1, Int64(stride), patches, panel, Int64(depth),
                sums, Int64(depth), nil, add ? 1 : 0)
        case .strided:
            for group in 0..<groups {
                for tap in 0..<taps {
                    ck_gemm(
                        Int64(fine), Int64(coarse), Int64(pixels), patches + (tap * groups + group) * fine, 1,
                        Int64(depth), values + group * coarse, panel, Int64(stride),
                        sums + (group * taps + tap) * fine * coarse, Int64(coarse), nil, add ? 1 : 0)
                }
            }
        }
    }

    // MARK: Parts

    /// Patches [pixel][ky][kx][channel] of some coarse pixels.
    private func gathered(
        _ x: Tensor.Pointers, _ activation: ChannelActivation.Pointers?, _ rows: Range<Int>, coarse: Shape
    ) -> Buffer {
        let patches = Buffer(count: rows.count * taps * x.shape.c)
        let geometry = ConvolutionGeometry(kernelSize: kernelSize, stride: kernelSize.height)
        withPointers(to: patches) { patches in
            withUnsafePointer(to: geometry.ckPatches(of: x, output: coarse)) { geometry in
                activation.withKernel {
                    ck_gather_patches(geometry, x.pointer, $0, Int64(rows.lowerBound), Int64(rows.count), patches)
                }
            }
        }
        return patches
    }

    /// Hands some pixels to `body` as they are read: where they lie, or activated in memory of their own.
    private func withActivated(
        _ x: Tensor.Pointers, through activation: ChannelActivation.Pointers?, _ rows: Range<Int>,
        _ body: (_ values: UnsafePointer<Float>, _ stride: Int) -> Void
    ) {
        guard let activation else { return body(x.row(rows.lowerBound), x.stride) }
        withPointers(to: Buffer(count: rows.count * x.shape.c)) { copy in
            var first = rows.lowerBound
            while first < rows.upperBound {
                let image = first / x.shape.pixels
                let end = min(rows.upperBound, (image + 1) * x.shape.pixels)
                activation.apply(
                    image, from: x.row(first), stride: x.stride, to: copy + (first - rows.lowerBound) * x.shape.c,
                    stride: x.shape.c, rows: end - first)
                first = end
            }
            body(copy, x.shape.c)
        }
    }

    private func clearUncovered(_ y: Tensor.Pointers, by coarse: Shape) {
        let covered = (height: coarse.h * kernelSize.height, width: coarse.w * kernelSize.width)
        guard y.shape.h > covered.height || y.shape.w > covered.width else { return }
        for line in 0..<y.shape.n * y.shape.h {
            let first = line % y.shape.h < covered.height ? covered.width : 0
            ck_fill(y.row(line * y.shape.w + first), y.stride64, Int64(y.shape.w - first), Int64(y.shape.c), 0)
        }
    }
}
