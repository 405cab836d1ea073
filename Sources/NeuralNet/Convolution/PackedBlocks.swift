import CKernels
import Tensors

/// One matrix per group and tap, packed for the products.
final class PackedBlocks {
    /// Columns of a panel.
    private let panel: Int
    private let taps: Int
    private let inputs: Int
    private let outputs: Int
    private let size: Int
    private let values: Buffer

    init(_ blocks: BlockConvolution, toCoarse: Bool) {
        let panel = 2 * Int(ck_vector())
        let taps = blocks.taps
        let (fine, coarse) = (blocks.fine, blocks.coarse)
        let (inputs, outputs) = toCoarse ? (fine, coarse) : (coarse, fine)
        let size = (outputs + panel - 1) / panel * panel * inputs
        let values = Buffer(count: blocks.groups * taps * size)
        self.panel = panel
        self.taps = taps
        self.inputs = inputs
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
                    ck_gemm_pack(
                        Int64(inputs), Int64(outputs), matrix, Int64(row), Int64(column),
                        values + (group * taps + tap) * size)
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
        let panel: Int
        fileprivate let taps: Int
        fileprivate let inputs: Int
        fileprivate let outputs: Int
        fileprivate let size: Int
        fileprivate let start: UnsafeMutablePointer<Float>

        private func matrix(_ group: Int, _ tap: Int) -> UnsafePointer<Float> {
            UnsafePointer(start + (group * taps + tap) * size)
        }

        /// c[rows × outputs] = a[rows × inputs] · matrix (+ c if `add`).
        func multiply(
            rows: Int, group: Int, tap: Int, a: UnsafePointer<Float>, stride: Int,
            into c: UnsafeMutablePointer<Float>, stride cStride: Int, add: Bool
        ) {
            ck_gemm(
                Int64(rows), Int64(outputs), Int64(inputs), a, Int64(stride), 1, matrix(group, tap),
                Int64(panel * inputs), Int64(panel), c, Int64(cStride), nil, add ? 1 : 0)
        }

        func forEachPanel(
            _ group: Int, _ tap: Int, _ body: (_ columns: Range<Int>, _ panel: UnsafePointer<Float>) -> Void
        ) {
            for first in stride(from: 0, to: outputs, by: panel) {
                body(first..<min(outputs, first + panel), matrix(group, tap) + first * inputs)
            }
        }
    }

    func pointers(_ permit: borrowing PointerPermit) -> Pointers {
        Pointers(
            panel: panel, taps: taps, inputs: inputs, outputs: outputs, size: size, start: values.pointers(permit))
    }
}
