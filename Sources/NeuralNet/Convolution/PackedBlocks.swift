import CKernels
import Tensors

/// One matrix per group and tap, packed for the products.
final class PackedBlocks {
    /// Columns of a panel.
    private let panel: Int
    private let taps: Int
    private let precision: Precision
    /// Floats' places down a column: inputs, or pairs of them.
    private let depth: Int
    private let outputs: Int
    private let size: Int
    private let values: Buffer

    init(_ blocks: BlockConvolution, toCoarse: Bool) {
        let panel = 2 * Int(ck_vector())
        let taps = blocks.taps
        let (fine, coarse) = (blocks.fine, blocks.coarse)
        let (inputs, outputs) = toCoarse ? (fine, coarse) : (coarse, fine)
        let precision = blocks.precision
        let depth = precision.places(inputs)
        let size = (outputs + panel - 1) / panel * panel * depth
        let values = Buffer(count: blocks.groups * taps * size)
        self.panel = panel
        self.taps = taps
        self.precision = precision
        self.depth = depth
        self.outputs = outputs
        self.size = size
        self.values = values
        for group in 0..<blocks.groups {
            withPointers(to: blocks.source(group), values) { source, values in
                Parallel.forEach(taps) { tap in
                    let matrix: UnsafeMutablePointer<Float>
                    let (row, column): (Int, Int)
                    switch blocks.weights {
                    case .strided:
                        matrix = source.pointer + tap * fine * coarse
                        (row, column) = toCoarse ? (coarse, 1) : (1, coarse)
                    case .transposed:
                        matrix = source.pointer + tap * fine
                        (row, column) = toCoarse ? (1, taps * fine) : (taps * fine, 1)
                    }
                    precision.pack(
                        matrix, rows: inputs, columns: outputs, row: row, column: column, panel: panel,
                        into: values + (group * taps + tap) * size)
                }
            }
        }
    }
}

extension BlockConvolution {
    /// The weights of a group.
    fileprivate func source(_ group: Int) -> Tensor {
        switch weights {
        case .strided(let bank): bank.dense(group)
        case .transposed(let parameter): parameter.values
        }
    }
}

extension PackedBlocks: PointerAccess {
    /// Where the packed matrices lie.
    struct Pointers {
        fileprivate let precision: Precision
        fileprivate let panel: Int
        fileprivate let taps: Int
        fileprivate let depth: Int
        fileprivate let outputs: Int
        fileprivate let size: Int
        fileprivate let start: UnsafeMutablePointer<Float>

        private func matrix(_ group: Int, _ tap: Int) -> UnsafePointer<Float> {
            UnsafePointer(start + (group * taps + tap) * size)
        }

        /// c[rows × outputs] = a[rows × inputs] · matrix (+ c if `add`); a as the precision's operands lie.
        func multiply(
            rows: Int, group: Int, tap: Int, a: UnsafePointer<Float>, stride: Int,
            into c: UnsafeMutablePointer<Float>, stride cStride: Int, add: Bool
        ) {
            multiplied(
                precision, rows: rows, columns: outputs, depth: depth, a, row: stride, step: 1, matrix(group, tap),
                panel: panel * depth, row: panel, into: c, row: cStride, add: add)
        }

        /// The same for some columns, whose panel `forEachPanel` gives.
        func multiply(
            rows: Int, columns: Range<Int>, panel: UnsafePointer<Float>, a: UnsafePointer<Float>, stride: Int,
            into c: UnsafeMutablePointer<Float>, stride cStride: Int, bias: UnsafePointer<Float>?
        ) {
            multiplied(
                precision, rows: rows, columns: columns.count, depth: depth, a, row: stride, step: 1, panel, panel: 0,
                row: self.panel, into: c, row: cStride, bias: bias)
        }

        func forEachPanel(
            _ group: Int, _ tap: Int, _ body: (_ columns: Range<Int>, _ panel: UnsafePointer<Float>) -> Void
        ) {
            for first in stride(from: 0, to: outputs, by: panel) {
                body(first..<min(outputs, first + panel), matrix(group, tap) + first * depth)
            }
        }
    }

    func pointers(_ permit: borrowing PointerPermit) -> Pointers {
        Pointers(
            precision: precision, panel: panel, taps: taps, depth: depth, outputs: outputs, size: size,
            start: values.pointers(permit))
    }
}
