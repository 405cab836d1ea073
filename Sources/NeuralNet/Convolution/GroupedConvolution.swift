import CKernels
import Tensors

/// A 3×3 or 7×7 convolution in groups, by the method that suits its shape.
struct GroupedConvolution {
    let bank: FilterBank
    let geometry: ConvolutionGeometry
    private let method: ConvolutionMethod

    /// Nil for other kernels, other strides than 1 and paddings as wide as the kernel.
    init?(_ bank: FilterBank, _ geometry: ConvolutionGeometry) {
        let side = geometry.kernelSize.height
        guard [3, 7].contains(side), geometry.kernelSize.width == side, geometry.stride == 1,
            (0..<side).contains(geometry.padding)
        else { return nil }
        (self.bank, self.geometry) = (bank, geometry)
        method = side == 3 ? ConvolutionMethod(inputs: bank.inputs, outputs: bank.outputs) : .rows
    }

    /// - Parameter addend: 1,H,W,K, added to every image of the result.
    /// - Returns: sums over the output where they were wanted and the method takes them on its way.
    @discardableResult
    func forward(
        _ x: Variable, bias: Tensor? = nil, addend: Tensor? = nil, into y: Tensor, filters: FilterCache,
        takingStatistics: Bool = false
    ) -> RunStatistics? {
        switch method {
        case .winograd:
            let statistics = takingStatistics ? RunStatistics(runs: Tiling(y.shape).runs, channels: y.shape.c) : nil
            Winograd.forward(
                x.raw, x.activation, filters.prepared(bank, backwards: false), padding: geometry.padding, bias: bias,
                addend: addend, into: y, statistics: statistics)
            return statistics
        case .rows:
            for group in 0..<bank.groups {
                let (inputs, outputs) = (mergedInputs(group), mergedOutputs(group))
                withPointers(to: bank.dense(group), bias) { dense, bias in
                    rows.forward(
                        padded(x, inputs), weights: dense.pointer, bias: bias.map { $0.pointer + outputs.lowerBound },
                        into: y.channels(outputs))
                }
            }
            if let addend { y.add(addend) }
            return nil
        }
    }

    /// Adds the filters' gradients and passes the input's on.
    func backward(_ x: Variable, _ dy: Tensor, filters: FilterCache) {
        switch method {
        case .winograd:
            if bank.parameters.contains(where: { !$0.isFrozen }) {
                FilterGradient(
                    x: x.raw, activation: x.activation, dy: dy, padding: geometry.padding, bank: bank,
                    precision: filters.precision.ofPairing(bank.inputs, bank.outputs)
                ).add()
            }
            guard x.needsGradient else { return }
            let dx = Tensor(x.shape)
            Winograd.forward(
                dy, nil, filters.prepared(bank, backwards: true), padding: 2 - geometry.padding, into: dx)
            x.receive(dx)
        case .rows:
            let dx = x.needsGradient ? Tensor(x.shape) : nil
            for group in 0..<bank.groups {
                let (inputs, outputs) = (mergedInputs(group), mergedOutputs(group))
                let dy = dy.channels(outputs)
                if bank.parameters.contains(where: { !$0.isFrozen }) {
                    let gradient = Tensor(Shape(1, 1, 1, bank.taps * bank.inputs * bank.outputs), filledWith: 0)
                    withPointers(to: gradient) { gradient in
                        rows.addWeightGradient(padded(x, inputs), dy, to: gradient.pointer)
                        bank.addGradient(gradient.pointer, group)
                    }
                }
                if let dx { backwardsByRows(dy, group, into: dx.channels(inputs)) }
            }
            if let dx { x.receive(dx) }
        }
    }

    private var rows: RowConvolution {
        RowConvolution(
            inputs: bank.inputs, outputs: bank.outputs, padding: geometry.padding, side: geometry.kernelSize.height)
    }

    private func backwardsByRows(_ dy: Tensor, _ group: Int, into dx: Tensor) {
        let side = geometry.kernelSize.height
        let padding = side - 1 - geometry.padding
        withPointers(to: bank.dense(group)) { dense in
            let rotated = GatheredConvolution.rotate(
                dense.pointer, taps: bank.taps, inputs: bank.inputs, outputs: bank.outputs)
            withPointers(to: rotated) { rotated in
                RowConvolution(inputs: bank.outputs, outputs: bank.inputs, padding: padding, side: side).forward(
                    PaddedImages(dy, nil, padding: padding), weights: rotated, bias: nil, into: dx)
            }
        }
    }

    private func padded(_ x: Variable, _ channels: Range<Int>) -> PaddedImages {
        PaddedImages(x.raw.channels(channels), x.activation?.channels(channels), padding: geometry.padding)
    }

    /// Channels of a merged group.
    private func mergedInputs(_ group: Int) -> Range<Int> { group * bank.inputs..<(group + 1) * bank.inputs }
    private func mergedOutputs(_ group: Int) -> Range<Int> { group * bank.outputs..<(group + 1) * bank.outputs }
}

extension Tensor {
    /// Adds one image to every image.
    fileprivate func add(_ image: Tensor) {
        for place in 0..<shape.n {
            withPointers(to: image, images(place..<place + 1)) { image, part in
                Parallel.forEachChunk(of: shape.pixels, by: rowsPerChunk(shape.c)) { rows in
                    ck_axpy(
                        1, image.row(rows.lowerBound), image.stride64, part.row(rows.lowerBound), part.stride64,
                        Int64(rows.count), Int64(shape.c))
                }
            }
        }
    }
}

/// How a 3×3 convolution of stride 1 is computed: docs/explanation/engine.md.
enum ConvolutionMethod: Equatable {
    /// Winograd's F(4×4,3×3).
    case winograd
    /// Rows of the padded image are multiplied where they lie.
    case rows

    private static let fewestChannels = 12

    /// - Parameters: channels of a group.
    init(inputs: Int, outputs: Int) { self = min(inputs, outputs) >= Self.fewestChannels ? .winograd : .rows }
}
