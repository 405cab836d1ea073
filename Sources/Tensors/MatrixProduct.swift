import COpenBLAS

/// Row-major float32 matrix products by OpenBLAS, one thread each: parallelism lies outside (`Parallel`).
public enum MatrixProduct {
    private static let configured: Void = openblas_set_num_threads(1)

    /// C[m × n] = A[m × k] · B[k × n] + β · C; A is given as k × m where `aTransposed`, B as n × k where `bTransposed`.
    ///
    /// Row strides are in floats.
    public static func multiply(
        _ m: Int, _ n: Int, _ k: Int,
        _ a: UnsafePointer<Float>, stride strideA: Int, aTransposed: Bool = false,
        _ b: UnsafePointer<Float>, stride strideB: Int, bTransposed: Bool = false,
        beta: Float,
        _ c: UnsafeMutablePointer<Float>, stride strideC: Int
    ) {
        configured
        cblas_sgemm(
            CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
            blasint(m), blasint(n), blasint(k), 1, a, blasint(strideA), b, blasint(strideB), beta, c, blasint(strideC))
    }
}
