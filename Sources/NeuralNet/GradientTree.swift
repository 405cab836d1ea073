import CKernels
import Tensors

/// Sums the gradients of samples in a balanced tree over their numbers: (0 + 1) + (2 + 3), and so on. For an odd count the
/// last is added later.
///
/// A power of two of consecutive samples, the first at a multiple of it, is a branch of the tree of all: summed elsewhere
/// it gives the same bits. Holds log₂(samples) + 1 gradients at most.
package struct GradientTree {
    private let parameters: [Parameter]
    /// Branches that wait for their neighbour, the highest first.
    private var branches: [(height: Int, sum: [Tensor?])] = []

    package init(_ parameters: [Parameter]) {
        self.parameters = parameters
    }

    /// Takes the gradient of the next sample from the parameters, whose next gradient starts from zero.
    package mutating func add() {
        var (height, sum) = (0, parameters.map { $0.takeGradient() })
        while let last = branches.last, last.height == height {
            sum = Self.sum(branches.removeLast().sum, sum)
            height += 1
        }
        branches.append((height, sum))
    }

    /// Gives the sum to the parameters.
    package mutating func finish() {
        guard var sum = branches.popLast()?.sum else { return }
        while let branch = branches.popLast() { sum = Self.sum(branch.sum, sum) }
        for (parameter, gradient) in zip(parameters, sum) { parameter.setGradient(gradient) }
    }

    private static func sum(_ first: [Tensor?], _ second: [Tensor?]) -> [Tensor?] {
        zip(first, second).map { first, second in
            guard let first, let second else { return first ?? second }
            let count = first.shape.count
            withPointers(to: first, second) { first, second in
                Parallel.forEachChunk(of: count, by: 65536) { range in
                    let length = Int64(range.count)
                    ck_axpy(
                        1, second.pointer + range.lowerBound, length, first.pointer + range.lowerBound, length, 1,
                        length)
                }
            }
            return first
        }
    }
}

extension [Parameter] {
    /// Number of values in all.
    package var valueCount: Int { reduce(0) { $0 + $1.count } }

    /// Copies the gradients one after the other, zeros where there is none.
    ///
    /// - Precondition: room for `valueCount` numbers.
    package func copyGradients(to numbers: UnsafeMutablePointer<Float>) {
        var place = numbers
        for parameter in self {
            withPointers(to: parameter.gradient) { gradient in
                if let gradient {
                    place.update(from: gradient.pointer, count: parameter.count)
                } else {
                    place.update(repeating: 0, count: parameter.count)
                }
            }
            place += parameter.count
        }
    }

    /// Sets the gradients of those that have one.
    ///
    /// - Precondition: `valueCount` numbers.
    package func setGradients(from numbers: UnsafePointer<Float>) {
        var place = numbers
        for parameter in self {
            withPointers(to: parameter.gradient) { $0?.pointer.update(from: place, count: parameter.count) }
            place += parameter.count
        }
    }
}
