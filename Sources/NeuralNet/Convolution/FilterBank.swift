import CKernels
import Tensors

/// The filters of a layer in groups: group g turns its own channels of the input into its own channels of the output.
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

    /// Positions of the kernel.
    let taps: Int

    /// - Precondition: convolution weights of the same shape.
    init(_ parameters: [Parameter]) {
        self.parameters = parameters
        guard case .convolution(let height, let width, let inputs, let outputs) = parameters[0].layout else {
            preconditionFailure("not a convolution's filters")
        }
        taps = height * width
        merge =
            (1...parameters.count).first { parameters.count % $0 == 0 && $0 * min(inputs, outputs) >= Self.narrow }
            ?? parameters.count
        (self.inputs, self.outputs) = (inputs * merge, outputs * merge)
    }

    var groups: Int { parameters.count / merge }

    /// [kernel height][kernel width][inputs][outputs] of a merged group.
    func dense(_ group: Int) -> Tensor {
        guard merge > 1 else { return parameters[group].values }
        let whole = Tensor(Shape(1, 1, 1, taps * inputs * outputs), filledWith: 0)
        withPointers(to: whole, parameters.map(\.values)) { whole, filters in
            forEachBlockRow(group) { index, place, inBlock in
                (whole.pointer + place).update(from: filters[index].pointer + inBlock, count: outputs / merge)
            }
        }
        return whole
    }

    /// Adds the blocks of a merged group's gradient to the parameters' gradients.
    func addGradient(_ dense: UnsafePointer<Float>, _ group: Int) {
        let gradients = parameters.map { $0.isFrozen ? nil : $0.gradientForAdding() }
        withPointers(to: gradients) { gradients in
            forEachBlockRow(group) { index, place, inBlock in
                guard let gradient = gradients[index] else { return }
                for output in 0..<outputs / merge { gradient.pointer[inBlock + output] += dense[place + output] }
            }
        }
    }

    /// - Parameter body: gets the index of a parameter, where a row of its outputs lies in the merged group, and where
    ///   in the parameter.
    private func forEachBlockRow(_ group: Int, _ body: (_ parameter: Int, _ place: Int, _ inBlock: Int) -> Void) {
        let (own, ownOutputs) = (inputs / merge, outputs / merge)
        for block in 0..<merge {
            for tap in 0..<taps {
                for input in 0..<own {
                    body(
                        group * merge + block,
                        (tap * inputs + block * own + input) * outputs + block * ownOutputs,
                        (tap * own + input) * ownOutputs)
                }
            }
        }
    }
}
