import Tensors

/// A 3×3 convolution in groups, by the method that suits its shape.
struct GroupedConvolution {
    let bank: FilterBank
    let geometry: ConvolutionGeometry
    private let method: ConvolutionMethod

    init(_ bank: FilterBank, _ geometry: ConvolutionGeometry) {
        (self.bank, self.geometry) = (bank, geometry)
        method = ConvolutionMethod(geometry, inputs: bank.inputs, outputs: bank.outputs)
    }

    /// - Returns: sums over the output where they were wanted and the method takes them on its way.
    @discardableResult
    func forward(
        _ x: Variable, bias: UnsafePointer<Float>? = nil, into y: Tensor, filters: FilterCache,
        takingStatistics: Bool = false
    ) -> RunStatistics? {
        switch method {
        case .winograd:
            let statistics = takingStatistics ? RunStatistics(runs: TileGrid(y.shape).runs, channels: y.shape.c) : nil
            Winograd.forward(
                x.raw, x.activation, filters.prepared(bank, backwards: false), padding: geometry.padding, bias: bias,
                into: y, statistics: statistics)
            return statistics
        case .patches:
            for (group, weight) in bank.parameters.enumerated() {
                let (inputs, outputs) = channels(of: group)
                ConvolutionEngine.forward(
                    x.raw.channels(inputs), x.activation?.channels(inputs), weights: weight.pointer,
                    bias: bias.map { $0 + outputs.lowerBound }, geometry: geometry, into: y.channels(outputs))
            }
            return nil
        }
    }

    /// Adds the filters' gradients and passes the input's on.
    func backward(_ x: Variable, _ dy: Tensor, filters: FilterCache) {
        switch method {
        case .winograd:
            if bank.parameters.contains(where: { !$0.isFrozen }) {
                Winograd.addFilterGradient(x.raw, x.activation, dy, padding: geometry.padding, to: bank)
            }
            guard x.needsGradient else { return }
            let dx = Tensor(x.shape)
            Winograd.forward(
                dy, nil, filters.prepared(bank, backwards: true), padding: 2 - geometry.padding, into: dx)
            x.receive(dx)
        case .patches:
            let dx = x.needsGradient ? Tensor(x.shape) : nil
            for (group, weight) in bank.parameters.enumerated() {
                let (inputs, outputs) = channels(of: group)
                let dy = dy.channels(outputs)
                if !weight.isFrozen {
                    ConvolutionEngine.addWeightGradient(
                        x.raw.channels(inputs), x.activation?.channels(inputs), dy, geometry: geometry,
                        to: weight.gradientForAdding())
                }
                if let dx {
                    ConvolutionEngine.inputGradient(
                        dy, weights: weight.pointer, geometry: geometry, into: dx.channels(inputs))
                }
            }
            if let dx { x.receive(dx) }
        }
    }

    private func channels(of group: Int) -> (inputs: Range<Int>, outputs: Range<Int>) {
        let (inputs, outputs) = (bank.inputs / bank.merge, bank.outputs / bank.merge)
        return (group * inputs..<(group + 1) * inputs, group * outputs..<(group + 1) * outputs)
    }
}

/// How a convolution is computed. Measured: docs/benchmarks/methods.md.
enum ConvolutionMethod: Equatable {
    /// Winograd's F(4×4,3×3).
    case winograd
    /// Patches are gathered and multiplied.
    case patches

    private static let fewestChannels = 16

    /// - Parameters: channels of a group.
    init(_ geometry: ConvolutionGeometry, inputs: Int, outputs: Int) {
        let fits =
            geometry.height == 3 && geometry.width == 3 && geometry.step == 1 && (0...2).contains(geometry.padding)
        self = fits && min(inputs, outputs) >= Self.fewestChannels ? .winograd : .patches
    }
}
