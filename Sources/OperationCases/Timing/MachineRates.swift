import Tensors

/// How fast this machine is at what the engine is made of, with the threads that the engine uses.
public struct MachineRates: Sendable {
    /// Matrix products large enough to run at full speed, in GFLOP/s.
    public let gemm: Double
    /// Copying memory that no cache holds, in GB (10⁹ bytes) read and written per second.
    public let bandwidth: Double

    /// Measures; the shortest of `repeats` runs counts.
    public init(repeats: Int) {
        gemm = Self.measureProducts(repeats: repeats)
        bandwidth = Self.measureCopies(repeats: repeats)
    }

    private static func measureProducts(repeats: Int) -> Double {
        let (rows, side, chunk) = (2048, 1024, 256)
        var random = SeededGenerator(seed: 1)
        func matrix(_ rows: Int) -> Tensor {
            Tensor(Shape(1, 1, rows, side), (0..<rows * side).map { _ in random.uniform(-1...1) })
        }
        let (a, b, c) = (matrix(rows), matrix(side), matrix(rows))
        let timing = Timing(repeats: repeats) { _ in
            Parallel.forEachChunk(of: rows, by: chunk) { range in
                MatrixProduct.multiply(
                    range.count, side, side, a.row(range.lowerBound), stride: side, b.pointer, stride: side, beta: 0,
                    c.row(range.lowerBound), stride: side)
            }
        }
        return 2 * Double(rows * side * side) / (timing.minimum * 1e6)
    }

    private static func measureCopies(repeats: Int) -> Double {
        let count = 1 << 25
        let from = Buffer(count: count)
        let to = Buffer(count: count)
        from.pointer.update(repeating: 1, count: count)
        let timing = Timing(repeats: repeats) { _ in
            Parallel.forEachChunk(of: count, by: 1 << 16) { range in
                (to.pointer + range.lowerBound).update(from: from.pointer + range.lowerBound, count: range.count)
            }
        }
        return 8 * Double(count) / (timing.minimum * 1e6)
    }
}
