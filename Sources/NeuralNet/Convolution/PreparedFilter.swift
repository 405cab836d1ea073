import CKernels
import Tensors

/// Filters in the transform domain, packed for the products: for each group 36 matrices inputs × outputs.
///
/// Four times as large as the filters. Where memory counts, large ones are not kept: they are transformed anew where
/// they are used, some outputs at a time, which takes hardly longer than reading what was kept.
final class PreparedFilter {
    let groups: Int
    let inputs: Int
    let outputs: Int
    private let bank: FilterBank
    private let backwards: Bool
    private let panel = 2 * Int(ck_vector())
    private let kept: Buffer?

    /// - Parameter backwards: for the input gradient: rotated by 180°, inputs and outputs exchanged.
    init(_ bank: FilterBank, backwards: Bool, keepingUpTo most: Int) {
        (self.bank, self.backwards) = (bank, backwards)
        groups = bank.groups
        (inputs, outputs) = backwards ? (bank.outputs, bank.inputs) : (bank.inputs, bank.outputs)
        let position = (outputs + panel - 1) / panel * panel * inputs
        guard groups * Tiling.positions * position * 4 <= most else {
            kept = nil
            return
        }
        let values = Buffer(count: groups * Tiling.positions * position)
        kept = values
        withPointers(to: values) { values in
            for group in 0..<groups {
                withPointers(to: bank.dense(group)) { dense in
                    let target = values + group * Tiling.positions * position
                    Parallel.forEachChunk(of: outputs, by: panel) { columns in
                        transform(dense, columns, into: target + columns.lowerBound * inputs, position: position)
                    }
                }
            }
        }
    }

    /// Whether all matrices are at hand.
    var isKept: Bool { kept != nil }
    /// Bytes of all matrices.
    var bytes: Int { groups * Tiling.positions * position * 4 }
    private var position: Int { (outputs + panel - 1) / panel * panel * inputs }

    /// Some columns of all 36 matrices, transformed now, and the floats between the matrices.
    func transformed(_ group: Int, _ columns: Range<Int>) -> (matrices: Buffer, position: Int) {
        let width = (columns.count + panel - 1) / panel * panel
        let values = Buffer(count: Tiling.positions * width * inputs)
        withPointers(to: bank.dense(group), values) { dense, values in
            transform(dense, columns, into: values, position: width * inputs)
        }
        return (values, width * inputs)
    }

    private func transform(
        _ dense: Tensor.Pointers, _ columns: Range<Int>, into target: UnsafeMutablePointer<Float>, position: Int
    ) {
        var filter = ck_filter(weights: dense.pointer, inputs: Int64(bank.inputs), outputs: Int64(bank.outputs))
        let function = backwards ? ck_winograd_filter_backwards : ck_winograd_filter
        function(
            &filter, 0, Int64(inputs), Int64(columns.lowerBound), Int64(columns.count), target, Int64(position))
    }
}

extension PreparedFilter: PointerAccess {
    /// Where the matrices of a kept filter lie.
    struct Matrices {
        fileprivate let start: UnsafeMutablePointer<Float>
        fileprivate let inputs: Int
        fileprivate let position: Int

        /// One matrix from column `first` on.
        ///
        /// - Precondition: `first` is a multiple of the panel's width.
        func matrix(_ group: Int, _ index: Int, from first: Int = 0) -> UnsafePointer<Float> {
            UnsafePointer(start + (group * Tiling.positions + index) * position + first * inputs)
        }
    }

    /// Nil for a filter that is not kept.
    func pointers(_ permit: borrowing PointerPermit) -> Matrices? {
        guard let kept else { return nil }
        return Matrices(start: kept.pointers(permit), inputs: inputs, position: position)
    }
}
