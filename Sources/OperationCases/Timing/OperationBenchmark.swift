import Tensors

/// What a tape's operations and the machine under them reach.
package struct OperationBenchmark: Sendable, Encodable {
    package let threads: Int
    /// Vector instructions of the kernels: `avx512`, `avx2` or `baseline`.
    package let instructionSet: String
    package let repeats: Int
    /// Matrix products in GFLOP/s, and copies of memory in GB read and written per second.
    package let gemm: Double
    /// The same products with matrices packed in every call, by us and by OpenBLAS; nil where it was not timed.
    package let unpacked: Double?
    package let openBLAS: Double?
    package let bandwidth: Double
    package let operations: [OperationTiming]

    private enum CodingKeys: String, CodingKey {
        case threads, repeats, operations
        case instructionSet = "isa"
        case gemm = "gemm_gflop_s"
        case unpacked = "unpacked_gflop_s"
        case openBLAS = "openblas_gflop_s"
        case bandwidth = "bandwidth_gb_s"
    }

    /// Times the cases, `repeats` runs each.
    package init(_ cases: [OperationCase], repeats: Int, timesOpenBLAS: Bool) {
        (threads, instructionSet) = (Parallel.threads, InstructionSet.current)
        self.repeats = repeats
        let rates = MachineRates(repeats: repeats, timesOpenBLAS: timesOpenBLAS)
        (gemm, bandwidth) = (rates.gemm, rates.bandwidth)
        (unpacked, openBLAS) = (rates.unpacked?.own, rates.unpacked?.openBLAS)
        operations = cases.map { operation in
            // Sizes differ from case to case: what one leaves idle is of no use to the next.
            BufferPool.shared.trim()
            return OperationTiming(operation, repeats: repeats)
        }
    }

    /// A table for people: per direction ms, GFLOP/s and GB/s.
    package func text() -> String {
        var lines = [
            "\(threads) thread\(threads == 1 ? "" : "s"), \(instructionSet); median of \(repeats)",
            "matrix products \(rounded(gemm)) GFLOP/s\(comparison)",
            "memory \(rounded(bandwidth)) GB/s, read and written", "",
        ]
        let names = operations.map { "\($0.shape)  \($0.name)" }
        let width = names.map(\.count).max() ?? 0
        let heads = ["ms", "GFLOP/s", "GB/s"].map { padded($0) }.joined()
        lines.append(String(repeating: " ", count: width) + heads + "   gradients:" + heads)
        for (name, operation) in zip(names, operations) {
            lines.append(
                name + String(repeating: " ", count: width - name.count) + columns(operation.forward) + "             "
                    + columns(operation.gradients))
        }
        return lines.joined(separator: "\n")
    }

    private var comparison: String {
        guard let unpacked, let openBLAS else { return "" }
        return ", packing in every call \(rounded(unpacked)), OpenBLAS \(rounded(openBLAS))"
    }

    private func columns(_ pass: OperationTiming.Pass) -> String {
        [pass.median, pass.gflops, pass.bandwidth].map { padded($0.map(rounded) ?? "–") }.joined()
    }

    private func padded(_ text: String) -> String { String(repeating: " ", count: max(1, 10 - text.count)) + text }

    /// Two digits behind the point.
    private func rounded(_ value: Double) -> String { String((value * 100).rounded() / 100) }
}
