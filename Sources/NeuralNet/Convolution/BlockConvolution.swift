import CKernels
import Tensors

/// Convolutions whose kernel is as large as their step, in either direction: every pixel of the coarse image goes with a patch of the
/// fine one, and patches do not overlap. A strided convolution leads from fine to coarse, a transposed one from coarse to fine, and
/// the gradient of each is the other.
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
    let height: Int
    let width: Int
    let groups: Int
    /// Channels of a group.
    let fine: Int
    let coarse: Int

    init(strided bank: FilterBank, height: Int, width: Int) {
        weights = .strided(bank)
        (self.height, self.width) = (height, width)
        (groups, fine, coarse) = (bank.groups, bank.inputs, bank.outputs)
    }

    init(transposed weight: Parameter, height: Int, width: Int, inputs: Int, outputs: Int) {
        weights = .transposed(weight)
        (self.height, self.width) = (height, width)
        (groups, fine, coarse) = (1, outputs, inputs)
    }

    var taps: Int { height * width }

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
        Parallel.forEachChunk(of: y.shape.rows, by: Self.blockPixels) { rows in
            let patches = gathered(x, activation, rows, coarse: y.shape)
            withExtendedLifetime(patches) {
                for group in 0..<groups {
                    for tap in 0..<taps {
                        filter.multiply(
                            rows.count, group, tap, patches.pointer + tap * x.shape.c + group * fine, stride: depth,
                            into: y.row(rows.lowerBound) + group * coarse, stride: y.stride, add: tap > 0)
                    }
                }
            }
        }
    }

    /// fine = coarse ∗ᵀ weights + bias, coarse read through `activation`. What no patch covers becomes 0.
    func toFine(
        _ x: Tensor, _ activation: ChannelActivation?, _ filter: PackedBlocks, bias: UnsafePointer<Float>?,
        into y: Tensor
    ) {
        clearUncovered(y, by: x.shape)
        let lines = max(1, Self.blockPixels / x.shape.w)
        Parallel.forEachChunk(of: x.shape.n * x.shape.h, by: lines) { range in
            let pixels = range.lowerBound * x.shape.w..<range.upperBound * x.shape.w
            let (source, stride) = activated(x, activation, pixels)
            withExtendedLifetime(source) {
                for group in 0..<groups {
                    for tap in 0..<taps {
                        filter.forEachPanel(group, tap) { columns, panel in
                            for line in range {
                                let (image, row) = (line / x.shape.h, line % x.shape.h)
                                let first = (image * y.shape.h + row * height + tap / width) * y.shape.w + tap % width
                                ck_gemm(
                                    Int64(x.shape.w), Int64(columns.count), Int64(coarse),
                                    source.pointer + (line - range.lowerBound) * x.shape.w * stride + group * coarse,
                                    Int64(stride), 1, panel, 0, Int64(filter.panel),
                                    y.row(first) + group * fine + columns.lowerBound, Int64(width * y.stride),
                                    bias.map { $0 + columns.lowerBound }, 0)
                            }
                        }
                    }
                }
            }
        }
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
        Parallel.forEach(parts) { part in
            for block in part * blocks / parts..<(part + 1) * blocks / parts {
                let range = block * Self.blockPixels..<min(rows, (block + 1) * Self.blockPixels)
                let patches = gathered(x, activation, range, coarse: y.shape)
                let (values, stride) = activated(y, coarseActivation, range)
                withExtendedLifetime((patches, values)) {
                    addProducts(
                        patches.pointer, values.pointer, stride: stride, pixels: range.count, to: sums[part].pointer,
                        add: block > part * blocks / parts)
                }
            }
        }
        let total = addedUp(sums, count: count)
        withExtendedLifetime(total) { addGradients(total.pointer) }
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
        let gradient = parameter.gradientForAdding()
        Parallel.forEachChunk(of: count, by: 16384) { range in
            ck_axpy(1, sum + range.lowerBound, 0, gradient + range.lowerBound, 0, 1, Int64(range.count))
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
                sums,
                Int64(depth), nil, add ? 1 : 0)
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
    private func gathered(_ x: Tensor, _ activation: ChannelActivation?, _ rows: Range<Int>, coarse: Shape) -> Buffer {
        let patches = Buffer(count: rows.count * taps * x.shape.c)
        var geometry = ck_patches(
            height: Int64(x.shape.h), width: Int64(x.shape.w), channels: Int64(x.shape.c), stride: x.stride64,
            out_height: Int64(coarse.h), out_width: Int64(coarse.w), kernel_height: Int64(height),
            kernel_width: Int64(width), step: Int64(height), pad_top: 0, pad_left: 0)
        activation.withKernel {
            ck_gather_patches(&geometry, x.pointer, $0, Int64(rows.lowerBound), Int64(rows.count), patches.pointer)
        }
        return patches
    }

    /// Some pixels as they are read: where they lie, or activated in memory of their own.
    private func activated(
        _ x: Tensor, _ activation: ChannelActivation?, _ rows: Range<Int>
    ) -> (values: Pixels, stride: Int) {
        guard let activation else { return (Pixels(pointer: x.row(rows.lowerBound), owner: x.buffer), x.stride) }
        let copy = Buffer(count: rows.count * x.shape.c)
        var first = rows.lowerBound
        while first < rows.upperBound {
            let image = first / x.shape.pixels
            let end = min(rows.upperBound, (image + 1) * x.shape.pixels)
            activation.apply(
                image, x.row(first), x.stride, copy.pointer + (first - rows.lowerBound) * x.shape.c, x.shape.c,
                end - first)
            first = end
        }
        return (Pixels(pointer: copy.pointer, owner: copy), x.shape.c)
    }

    private struct Pixels {
        let pointer: UnsafeMutablePointer<Float>
        let owner: Buffer
    }

    private func clearUncovered(_ y: Tensor, by coarse: Shape) {
        guard y.shape.h > coarse.h * height || y.shape.w > coarse.w * width else { return }
        for line in 0..<y.shape.n * y.shape.h {
            let first = line % y.shape.h < coarse.h * height ? coarse.w * width : 0
            ck_fill(y.row(line * y.shape.w + first), y.stride64, Int64(y.shape.w - first), Int64(y.shape.c), 0)
        }
    }
}

/// One matrix per group and tap, packed for the products.
final class PackedBlocks {
    /// Columns of a panel.
    let panel: Int
    private let taps: Int
    private let inputs: Int
    private let outputs: Int
    private let size: Int
    private let values: Buffer

    init(_ blocks: BlockConvolution, toCoarse: Bool) {
        let panel = 2 * Int(ck_vector())
        let taps = blocks.taps
        let (fine, coarse) = (blocks.fine, blocks.coarse)
        let (inputs, outputs) = toCoarse ? (fine, coarse) : (coarse, fine)
        let size = (outputs + panel - 1) / panel * panel * inputs
        let values = Buffer(count: blocks.groups * taps * size)
        (self.panel, self.taps, self.inputs, self.outputs, self.size, self.values) = (
            panel, taps, inputs, outputs, size, values
        )
        for group in 0..<blocks.groups {
            let source: Tensor
            switch blocks.weights {
            case .strided(let bank): source = bank.dense(group)
            case .transposed(let parameter): source = parameter.values
            }
            Parallel.forEach(taps) { tap in
                let target = values.pointer + (group * taps + tap) * size
                switch (blocks.weights, toCoarse) {
                case (.strided, _):
                    let matrix = source.pointer + tap * fine * coarse
                    let (row, column) = toCoarse ? (coarse, 1) : (1, coarse)
                    ck_gemm_pack(Int64(inputs), Int64(outputs), matrix, Int64(row), Int64(column), target)
                case (.transposed, _):
                    let matrix = source.pointer + tap * fine
                    let (row, column) = toCoarse ? (1, taps * fine) : (taps * fine, 1)
                    ck_gemm_pack(Int64(inputs), Int64(outputs), matrix, Int64(row), Int64(column), target)
                }
            }
        }
    }

    private func matrix(_ group: Int, _ tap: Int) -> UnsafePointer<Float> {
        UnsafePointer(values.pointer + (group * taps + tap) * size)
    }

    func multiply(
        _ rows: Int, _ group: Int, _ tap: Int, _ a: UnsafePointer<Float>, stride: Int,
        into c: UnsafeMutablePointer<Float>, stride cStride: Int, add: Bool
    ) {
        ck_gemm(
            Int64(rows), Int64(outputs), Int64(inputs), a, Int64(stride), 1, matrix(group, tap),
            Int64(panel * inputs), Int64(panel), c, Int64(cStride), nil, add ? 1 : 0)
    }

    func forEachPanel(_ group: Int, _ tap: Int, _ body: (_ columns: Range<Int>, _ panel: UnsafePointer<Float>) -> Void)
    {
        for first in stride(from: 0, to: outputs, by: panel) {
            body(first..<min(outputs, first + panel), matrix(group, tap) + first * inputs)
        }
    }
}
