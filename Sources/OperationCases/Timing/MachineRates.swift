import CKernels
import Tensors

/// How fast this machine is at what convolutions are made of, with the threads that `Parallel` gives.
package struct MachineRates: Sendable {
    /// Matrix products large enough to run at full speed, in GFLOP/s.
    package let gemm: Double
    /// The same of matrices that are packed in every call, in GFLOP/s: by us (`MatrixProduct`) and by OpenBLAS.
    /// nil where OpenBLAS is not timed or not installed.
    package let unpacked: (own: Double, openBLAS: Double)?
    /// Copying memory that no cache holds, in GB (10⁹ bytes) read and written per second.
    package let bandwidth: Double

    /// Measures; the shortest of `repeats` runs counts.
    package init(repeats: Int, timesOpenBLAS: Bool) {
        (gemm, unpacked) = Self.measureProducts(repeats: repeats, timesOpenBLAS)
        bandwidth = Self.measureCopies(repeats: repeats)
    }

    /// 120 × 256 · 256 × 256, which the second-level cache holds, many side by side.
    private static func measureProducts(
        repeats: Int, _ timesOpenBLAS: Bool
    ) -> (packed: Double, unpacked: (own: Double, openBLAS: Double)?) {
        let (rows, side, pitch) = (120, 256, 272)
        let panel = 2 * Int(ck_vector())
        let (products, chunks) = (64, 32)
        var random = SeededGenerator(seed: 1)
        let a = Tensor(Shape(1, 1, rows, pitch), (0..<rows * pitch).map { _ in random.uniform(-1...1) })
        let packed = Tensor(Shape(1, 1, 1, side * side), filledWith: 0.5)
        let results = (0..<chunks).map { _ in Tensor(Shape(1, 1, rows, pitch)) }
        func rate(_ product: (_ c: UnsafeMutablePointer<Float>) -> Void) -> Double {
            let timing = Timing(repeats: repeats) { _ in
                withPointers(to: results) { results in
                    Parallel.forEach(chunks) { chunk in
                        for _ in 0..<products { product(results[chunk].pointer) }
                    }
                }
            }
            return 2 * Double(rows * side * side * products * chunks) / (timing.minimum * 1e6)
        }
        return withPointers(to: a, packed) { a, packed in
            let own = rate { c in
                ck_gemm(
                    Int64(rows), Int64(side), Int64(side), a.pointer, Int64(pitch), 1, packed.pointer,
                    Int64(panel * side), Int64(panel), c, Int64(pitch), nil, 0)
            }
            guard timesOpenBLAS, let library = OpenBLAS() else { return (own, nil) }
            let unpacked = rate { c in
                MatrixProduct.multiply(
                    m: rows, n: side, k: side, a: a.pointer, stride: pitch, b: packed.pointer, stride: side,
                    add: false, c: c, stride: pitch)
            }
            let openBLAS = rate { c in
                library.multiply(
                    m: rows, n: side, k: side, a.pointer, stride: pitch, packed.pointer, stride: side, c,
                    stride: pitch)
            }
            return (own, (unpacked, openBLAS))
        }
    }

    private static func measureCopies(repeats: Int) -> Double {
        let count = 1 << 25
        let from = Buffer(count: count)
        let to = Buffer(count: count)
        let timing = withPointers(to: from, to) { from, to in
            from.update(repeating: 1, count: count)
            return Timing(repeats: repeats) { _ in
                Parallel.forEachChunk(of: count, by: 1 << 16) { range in
                    (to + range.lowerBound).update(from: from + range.lowerBound, count: range.count)
                }
            }
        }
        return 8 * Double(count) / (timing.minimum * 1e6)
    }
}
