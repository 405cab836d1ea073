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
    let precision: Precision
    private let bank: FilterBank
    private let backwards: Bool
    private let panel = 2 * Int(ck_vector())
    private let kept: Buffer?
    /// Floats' places down a column: inputs, or pairs of them.
    let depth: Int

    /// - Parameter backwards: for the input gradient: rotated by 180°, inputs and outputs exchanged.
    init(_ bank: FilterBank, backwards: Bool, precision: Precision, keepingUpTo most: Int) {
        (self.bank, self.backwards, self.precision) = (bank, backwards, precision)
        groups = bank.groups
        (inputs, outputs) = backwards ? (bank.outputs, bank.inputs) : (bank.inputs, bank.outputs)
        depth = precision.places(inputs)
        let position = (outputs + panel - 1) / panel * panel * depth
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
                        transform(dense, columns, into: target + columns.lowerBound * depth, position: position)
                    }
                }
            }
        }
    }

    /// Whether all matrices are at hand.
    var isKept: Bool { kept != nil }
    /// Bytes of all matrices.
    var bytes: Int { groups * Tiling.positions * position * 4 }
    private var position: Int { (outputs + panel - 1) / panel * panel * depth }

    /// Some columns of all 36 matrices, transformed now, and the floats between the matrices.
    func transformed(_ group: Int, _ columns: Range<Int>) -> (matrices: Buffer, position: Int) {
        let width = (columns.count + panel - 1) / panel * panel
        let values = Buffer(count: Tiling.positions * width * depth)
        withPointers(to: bank.dense(group), values) { dense, values in
            transform(dense, columns, into: values, position: width * depth)
        }
        return (values, width * depth)
    }

    private func transform(
        _ dense: Tensor.Pointers, _ columns: Range<Int>, into target: UnsafeMutablePointer<Float>, position: Int
    ) {
        var filter = ck_filter(weights: dense.pointer, inputs: Int64(bank.inputs), outputs: Int64(bank.outputs))
        let function = backwards ? ck_winograd_filter_backwards : ck_winograd_filter
        function(
            &filter, 0, Int64(inputs), Int64(columns.lowerBound), Int64(columns.count),
            precision == .bfloat16 ? CK_ROW_PAIRS : CK_FLOATS, target, Int64(position))
    }
}

extension PreparedFilter: PointerAccess {
    /// Where the matrices of a kept filter lie.
    struct Matrices {
        fileprivate let start: UnsafeMutablePointer<Float>
        fileprivate let depth: Int
        fileprivate let position: Int

        /// One matrix from column `first` on.
        ///
        /// - Precondition: `first` is a multiple of the panel's width.
        func matrix(_ group: Int, _ index: Int, from first: Int = 0) -> UnsafePointer<Float> {
            UnsafePointer(start + (group * Tiling.positions + index) * position + first * depth)
        }
    }

    /// Nil for a filter that is not kept.
    func pointers(_ permit: borrowing PointerPermit) -> Matrices? {
        guard let kept else { return nil }
        return Matrices(start: kept.pointers(permit), depth: depth, position: position)
    }
}
