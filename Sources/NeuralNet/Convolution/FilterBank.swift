import CKernels
import Tensors

/// The 3×3 filters of a layer in groups: group g turns its own channels of the input into its own channels of the output.
///
/// Groups too narrow to fill a vector are computed together, as one product with zeros between them.
struct FilterBank {
    /// Channels below which neighbouring groups are merged.
    private static let narrow = 16

    let parameters: [Parameter]
    /// Groups that are computed as one.
    let merge: Int
    /// Channels of a merged group.
    let inputs: Int
    let outputs: Int

    /// - Precondition: 3×3 convolution weights of the same shape.
    init(_ parameters: [Parameter]) {
        self.parameters = parameters
        guard case .convolution(3, 3, let inputs, let outputs) = parameters[0].layout else {
            preconditionFailure("not 3×3 filters")
        }
        merge =
            (1...parameters.count).first { parameters.count % $0 == 0 && $0 * min(inputs, outputs) >= Self.narrow }
            ?? parameters.count
        (self.inputs, self.outputs) = (inputs * merge, outputs * merge)
    }

    var groups: Int { parameters.count / merge }
    var taps: Int { 9 }

    /// [3][3][inputs][outputs] of a merged group.
    func dense(_ group: Int) -> Tensor {
        guard merge > 1 else { return parameters[group].values }
        let whole = Tensor(Shape(1, 1, 1, taps * inputs * outputs), filledWith: 0)
        forEachBlockRow(group) { parameter, place, inBlock in
            (whole.pointer + place).update(from: parameter.pointer + inBlock, count: outputs / merge)
        }
        return whole
    }

    /// Adds the blocks of a merged group's gradient to the parameters' gradients.
    func addGradient(_ dense: Tensor, _ group: Int) {
        forEachBlockRow(group) { parameter, place, inBlock in
            guard !parameter.isFrozen else { return }
            let gradient = parameter.gradientForAdding() + inBlock
            for output in 0..<outputs / merge { gradient[output] += dense.pointer[place + output] }
        }
    }

    private func forEachBlockRow(_ group: Int, _ body: (_ parameter: Parameter, _ place: Int, _ inBlock: Int) -> Void) {
        let (own, ownOutputs) = (inputs / merge, outputs / merge)
        for block in 0..<merge {
            for tap in 0..<taps {
                for input in 0..<own {
                    body(
                        parameters[group * merge + block],
                        (tap * inputs + block * own + input) * outputs + block * ownOutputs,
                        (tap * own + input) * ownOutputs)
                }
            }
        }
    }
}

/// Filters in the transform domain, packed for the products: for each group 36 matrices inputs × outputs.
final class PreparedFilter {
    let groups: Int
    let inputs: Int
    let outputs: Int
    private let values: Buffer
    /// Floats between the matrices.
    private let position: Int

    /// - Parameter backwards: for the input gradient: rotated by 180°, inputs and outputs exchanged.
    init(_ bank: FilterBank, backwards: Bool) {
        groups = bank.groups
        (inputs, outputs) = backwards ? (bank.outputs, bank.inputs) : (bank.inputs, bank.outputs)
        let panel = 2 * Int(ck_vector())
        position = (outputs + panel - 1) / panel * panel * inputs
        values = Buffer(count: groups * TileGrid.positions * position)
        for group in 0..<groups {
            let dense = bank.dense(group)
            let source =
                backwards
                ? ConvolutionEngine.rotate(dense.pointer, taps: bank.taps, inputs: bank.inputs, outputs: bank.outputs)
                : dense.buffer
            Parallel.forEachChunk(of: inputs, by: 16) { range in
                ck_winograd_filter(
                    source.pointer, Int64(inputs), Int64(outputs), Int64(range.lowerBound), Int64(range.count),
                    values.pointer + group * TileGrid.positions * position, Int64(position))
            }
        }
    }

    var bytes: Int { groups * TileGrid.positions * position * 4 }

    func matrix(_ group: Int, _ index: Int) -> UnsafePointer<Float> {
        UnsafePointer(values.pointer + (group * TileGrid.positions + index) * position)
    }
}

/// Filters that have been prepared, for as long as the weights stay the same.
public final class FilterCache {
    private struct Key: Hashable {
        let parameter: ObjectIdentifier
        let backwards: Bool
    }

    private var entries: [Key: PreparedFilter] = [:]

    public init() {}

    func prepared(_ bank: FilterBank, backwards: Bool) -> PreparedFilter {
        let key = Key(parameter: ObjectIdentifier(bank.parameters[0]), backwards: backwards)
        if let filter = entries[key] { return filter }
        let filter = PreparedFilter(bank, backwards: backwards)
        entries[key] = filter
        return filter
    }
}
