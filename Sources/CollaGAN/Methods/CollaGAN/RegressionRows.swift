import NeuralNet
import Tensors

/// Which row of `generator.skip.weight` a sample takes (method.md §10).
///
/// A regression that serves every set of inputs serves none well: coefficients that were fitted with an input are wrong
/// without it. So every set of inputs of every target has a row of its own; files of version 0.1 have one per target.
package struct RegressionRows: Sendable, Equatable {
    let contrasts: Int
    /// Whether sets of inputs are told apart.
    let isPerSet: Bool

    package init(contrasts: Int, isPerSet: Bool = true) {
        (self.contrasts, self.isPerSet) = (contrasts, isPerSet)
    }

    /// - Returns: nil if so many rows are neither.
    init?(contrasts: Int, count: Int) {
        guard count == contrasts || count == contrasts << contrasts else { return nil }
        self.init(contrasts: contrasts, isPerSet: count != contrasts)
    }

    var count: Int { isPerSet ? contrasts << contrasts : contrasts }

    /// - Parameter inputs: contrasts that are there.
    func row(of target: Int, from inputs: some Sequence<Int>) -> Int {
        isPerSet ? inputs.reduce(0) { $0 | 1 << $1 } * contrasts + target : target
    }

    /// The row of each sample. An image that is 0 everywhere is not there.
    func rows(of targets: [Int], from images: [(contrast: Int, image: Variable)]) -> [Int] {
        guard isPerSet, let pixels = images.first?.image.shape.pixels else { return targets }
        return targets.enumerated().map { sample, target in
            let present = images.filter { _, image in
                withPointers(to: image.value) { values in
                    (sample * pixels..<(sample + 1) * pixels).contains { values.row($0)[0] != 0 }
                }
            }
            return row(of: target, from: present.map(\.contrast))
        }
    }
}
