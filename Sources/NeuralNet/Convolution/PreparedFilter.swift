import CKernels
import Tensors

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
