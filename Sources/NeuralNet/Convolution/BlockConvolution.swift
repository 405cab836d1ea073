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
    let precision: Precision

    init(strided bank: FilterBank, kernelSize: KernelSize, precision: Precision) {
        weights = .strided(bank)
        self.precision = precision.ofPairing(bank.inputs, bank.outputs)
        self.kernelSize = kernelSize
        groups = bank.groups
        fine = bank.inputs
        coarse = bank.outputs
    }

    init(transposed weight: Parameter, kernelSize: KernelSize, inputs: Int, outputs: Int, precision: Precision) {
        weights = .transposed(weight)
        self.precision = precision.ofPairing(inputs, outputs)
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
                    precision.withOperand(
                        patches, stride: depth, rows: rows.count, channels: depth, pairing: CK_CHANNEL_PAIRS
                    ) { patches, stride in
                        for group in 0..<groups {
                            for tap in 0..<taps {
                                filter.multiply(
                                    rows: rows.count, group: group, tap: tap,
                                    a: patches + precision.places(tap * x.shape.c + group * fine), stride: stride,
                                    into: y.row(rows.lowerBound) + group * coarse, stride: y.stride, add: tap > 0)
                            }
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
                    precision.withOperand(
                        source, stride: stride, rows: pixels.count, channels: x.shape.c, pairing: CK_CHANNEL_PAIRS
                    ) { source, stride in
                        for group in 0..<groups {
                            for tap in 0..<taps {
                                filter.forEachPanel(group, tap) { columns, panel in
                                    for line in range {
                                        let pixel = (line - range.lowerBound) * x.shape.w
                                        filter.multiply(
                                            rows: x.shape.w, columns: columns, panel: panel,
                                            a: source + pixel * stride + precision.places(group * coarse),
                                            stride: stride,
                                            into: y.row(
                                                finePixel(line: line, tap: tap, coarse: x.shape, fine: y.shape))
                                                + group * fine + columns.lowerBound,
                                            stride: kernelSize.width * y.stride,
                                            bias: bias.map { $0.pointer + columns.lowerBound })
                                    }
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
                                patches, values, stride: stride, pixels: range.count, channels: y.shape.c,
                                to: sums[part], add: block > part * blocks / parts)
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
        _ patches: UnsafePointer<Float>, _ values: UnsafePointer<Float>, stride: Int, pixels: Int, channels: Int,
        to sums: UnsafeMutablePointer<Float>, add: Bool
    ) {
        let depth = taps * groups * fine
        precision.withOperand(
            patches, stride: depth, rows: pixels, channels: depth, pairing: CK_ROW_PAIRS
        ) { patches, _ in
            precision.withOperand(
                values, stride: stride, rows: pixels, channels: channels, pairing: CK_ROW_PAIRS
            ) { values, stride in
                addProducts(patches, values, stride: stride, rows: precision.places(pixels), to: sums, add: add)
            }
        }
    }

    /// - Parameter rows: pixels or pairs of them.
    private func addProducts(
        _ patches: UnsafePointer<Float>, _ values: UnsafePointer<Float>, stride: Int, rows: Int,
        to sums: UnsafeMutablePointer<Float>, add: Bool
    ) {
        let panel = 2 * Int(ck_vector())
        let depth = taps * groups * fine
        switch weights {
        case .transposed:
            multiplied(
                precision, rows: coarse, columns: depth, depth: rows, values, row: 1, step: stride, patches,
                panel: panel, row: depth, into: sums, row: depth, add: add)
        case .strided:
            for group in 0..<groups {
                for tap in 0..<taps {
                    multiplied(
                        precision, rows: fine, columns: coarse, depth: rows, patches + (tap * groups + group) * fine,
                        row: 1, step: depth, values + group * coarse, panel: panel, row: stride,
                        into: sums + (group * taps + tap) * fine * coarse, row: coarse, add: add)
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
