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
    private var isFinished: [Bool]

    package init(_ parameters: [Parameter]) {
        self.parameters = parameters
        isFinished = Array(repeating: false, count: parameters.count)
    }

    /// Takes the gradient of a sample that is not the last from the parameters, whose next gradient starts from zero.
    package mutating func add() {
        var (height, sum) = (0, parameters.map { $0.takeGradient() })
        while let last = branches.last, last.height == height {
            sum = Self.sum(branches.removeLast().sum, sum)
            height += 1
        }
        branches.append((height, sum))
    }

    /// Gives a parameter, by its place, the sum over all samples; it holds the gradient of the last. Once only.
    package mutating func finish(_ place: Int) {
        guard !isFinished[place] else { return }
        isFinished[place] = true
        var sum = parameters[place].takeGradient()
        for index in branches.indices.reversed() {
            sum = Self.sum(branches[index].sum[place], sum)
            branches[index].sum[place] = nil
        }
        parameters[place].setGradient(sum)
    }

    /// Gives the sums to all parameters that do not have them yet.
    package mutating func finish() {
        for place in parameters.indices { finish(place) }
    }

    private static func sum(_ first: [Tensor?], _ second: [Tensor?]) -> [Tensor?] {
        zip(first, second).map { sum($0, $1) }
    }

    private static func sum(_ first: Tensor?, _ second: Tensor?) -> Tensor? {
        guard let first, let second else { return first ?? second }
        let count = first.shape.count
        withPointers(to: first, second) { first, second in
            Parallel.forEachChunk(of: count, by: 65536) { range in
                let length = Int64(range.count)
                ck_axpy(
                    1, second.pointer + range.lowerBound, length, first.pointer + range.lowerBound, length, 1, length)
            }
        }
        return first
    }
}

extension [Parameter] {
    /// Number of values in all.
    package var valueCount: Int { reduce(0) { $0 + $1.count } }
}

extension Parameter {
    /// Copies the gradient, zeros where there is none.
    ///
    /// - Precondition: room for `count` numbers.
    package func copyGradient(to numbers: UnsafeMutablePointer<Float>) {
        withPointers(to: gradient) { gradient in
            if let gradient {
                numbers.update(from: gradient.pointer, count: count)
            } else {
                numbers.update(repeating: 0, count: count)
            }
        }
    }

    /// Puts `count` numbers in the gradient's place, if there is one.
    package func replaceGradient(from numbers: UnsafePointer<Float>) {
        withPointers(to: gradient) { $0?.pointer.update(from: numbers, count: count) }
    }
}
