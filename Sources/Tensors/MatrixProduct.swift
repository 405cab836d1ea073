import CKernels

/// Row-major float32 matrix products of any layout by our own kernel, on the caller's thread: parallelism lies outside
/// (`Parallel`).
///
/// What multiplies the same matrix often, or can read it where it lies, calls `ck_gemm` itself.
package enum MatrixProduct {
    /// Rows and columns of B that are packed at a time: a quarter of a MiB, which the second-level cache holds.
    private static let (depth, width) = (256, 256)

    /// C[m × n] = A[m × k] · B[k × n] (+ C if `add`); A is given as k × m where `aTransposed`, B as n × k where
    /// `bTransposed`.
    ///
    /// Row strides are in floats. Every element is summed over k in ascending order, in runs of 256: the bits depend on
    /// k and the instruction set alone. k = 0 leaves C as it is where `add`, and otherwise fills it with 0.
    package static func multiply(
        m: Int, n: Int, k: Int,
        a: UnsafePointer<Float>, stride strideA: Int, aTransposed: Bool = false,
        b: UnsafePointer<Float>, stride strideB: Int, bTransposed: Bool = false,
        add: Bool,
        c: UnsafeMutablePointer<Float>, stride strideC: Int
    ) {
        if k == 0, !add { ck_fill(c, Int64(strideC), Int64(m), Int64(n), 0) }
        let panel = 2 * Int(ck_vector())
        let (aRow, aStep) = aTransposed ? (1, strideA) : (strideA, 1)
        let (bRow, bColumn) = bTransposed ? (1, strideB) : (strideB, 1)
        let packed = Buffer(count: min(k, depth) * ((min(n, width) + panel - 1) / panel * panel))
        withPointers(to: packed) { packed in
            for column in stride(from: 0, to: n, by: width) {
                let columns = min(width, n - column)
                for first in stride(from: 0, to: k, by: depth) {
                    let terms = min(depth, k - first)
                    ck_gemm_pack(
                        Int64(terms), Int64(columns), b + first * bRow + column * bColumn, Int64(bRow), Int64(bColumn),
                        packed)
                    ck_gemm(
                        Int64(m), Int64(columns), Int64(terms), a + first * aStep, Int64(aRow), Int64(aStep), packed,
                        Int64(terms * panel), Int64(panel), c + column, Int64(strideC), nil, add || first > 0 ? 1 : 0)
                }
            }
        }
    }
}
