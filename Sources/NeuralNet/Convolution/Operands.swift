import CKernels
import Tensors

/// Operands of products as a precision wants them: floats, or bfloat16 in pairs.
extension Precision {
    /// float32 where a group's channels do not pair.
    func ofPairing(_ inputs: Int, _ outputs: Int) -> Precision {
        inputs % 2 == 0 && outputs % 2 == 0 ? self : .float32
    }

    /// Floats' places that some values along the depth take.
    func places(_ values: Int) -> Int { self == .bfloat16 ? (values + 1) / 2 : values }

    /// Hands rows of floats to `body` as an operand: where they lie, or rounded in memory of its own.
    func withOperand(
        _ values: UnsafePointer<Float>, stride: Int, rows: Int, channels: Int, pairing layout: ck_layout,
        _ body: (_ operand: UnsafePointer<Float>, _ stride: Int) -> Void
    ) {
        guard self == .bfloat16 else { return body(values, stride) }
        let row = layout == CK_CHANNEL_PAIRS ? places(channels) : channels
        withPointers(to: Buffer(count: (layout == CK_ROW_PAIRS ? places(rows) : rows) * row)) { pairs in
            ck_round_rows(
                values, Int64(stride), Int64(rows), Int64(channels), layout, pairs, Int64(row))
            body(pairs, row)
        }
    }

    /// A matrix rows × columns, its element (i, j) at i · row + j · column, in panels for `multiplied`.
    func pack(
        _ matrix: UnsafePointer<Float>, rows: Int, columns: Int, row: Int, column: Int, panel: Int,
        into packed: UnsafeMutablePointer<Float>
    ) {
        func pack(into target: UnsafeMutablePointer<Float>) {
            ck_gemm_pack(Int64(rows), Int64(columns), matrix, Int64(row), Int64(column), target)
        }
        guard self == .bfloat16 else { return pack(into: packed) }
        let panels = (columns + panel - 1) / panel
        withPointers(to: Buffer(count: panels * panel * rows)) { floats in
            pack(into: floats)
            for index in 0..<panels {
                ck_round_rows(
                    floats + index * panel * rows, Int64(panel), Int64(rows), Int64(panel), CK_ROW_PAIRS,
                    packed + index * panel * places(rows), Int64(panel))
            }
        }
    }
}

/// C = A · B (+ C if `add`, else + bias) by the kernel of a precision: `ck_gemm`, or `ck_multiply_pairs`, whose depth
/// counts pairs.
func multiplied(
    _ precision: Precision, rows: Int, columns: Int, depth: Int, _ a: UnsafePointer<Float>, row aRow: Int, step: Int,
    _ b: UnsafePointer<Float>, panel: Int, row bRow: Int, into c: UnsafeMutablePointer<Float>, row cRow: Int,
    bias: UnsafePointer<Float>? = nil, add: Bool = false
) {
    let function = precision == .bfloat16 ? ck_multiply_pairs : ck_gemm
    function(
        Int64(rows), Int64(columns), Int64(depth), a, Int64(aRow), Int64(step), b, Int64(panel), Int64(bRow), c,
        Int64(cRow), bias, add ? 1 : 0)
}
