import Foundation

/// OpenBLAS, the yardstick of our own products. It is loaded only to be timed: it chooses kernels by processor, so
/// nothing that it computes may reach a result.
struct OpenBLAS {
    private typealias Sgemm =
        @convention(c) (
            _ order: Int32, _ transposesA: Int32, _ transposesB: Int32, _ m: Int32, _ n: Int32, _ k: Int32,
            _ alpha: Float,
            UnsafePointer<Float>, _ strideA: Int32, UnsafePointer<Float>, _ strideB: Int32, _ beta: Float,
            UnsafeMutablePointer<Float>, _ strideC: Int32
        ) -> Void
    private let sgemm: Sgemm

    /// nil where the library is not installed.
    init?() {
        // It starts its threads when it is loaded.
        setenv("OPENBLAS_NUM_THREADS", "1", 1)
        guard let library = dlopen("libopenblas.so.0", RTLD_NOW), let sgemm = dlsym(library, "cblas_sgemm")
        else { return nil }
        self.sgemm = unsafeBitCast(sgemm, to: Sgemm.self)
    }

    /// C[m × n] = A[m × k] · B[k × n], row-major, on the caller's thread; row strides in floats.
    func multiply(
        m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, stride strideA: Int, _ b: UnsafePointer<Float>,
        stride strideB: Int, _ c: UnsafeMutablePointer<Float>, stride strideC: Int
    ) {
        let (rowMajor, plain): (Int32, Int32) = (101, 111)
        sgemm(
            rowMajor, plain, plain, Int32(m), Int32(n), Int32(k), 1, a, Int32(strideA), b, Int32(strideB), 0, c,
            Int32(strideC))
    }
}
