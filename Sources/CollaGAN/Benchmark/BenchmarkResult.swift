import Tensors

/// What a benchmark measured, and of what.
package struct BenchmarkResult: Sendable, Encodable {
    package var mode: String
    package var method: MethodName
    package var ngf: Int
    package var size: Int
    package var batch: Int
    package var repeats: Int
    /// Median over the timed runs in ms, per slice or per training step.
    package var medianMilliseconds: Double
    /// Shortest of the timed runs in ms, per slice or per training step.
    package var minimumMilliseconds: Double
    /// Largest resident memory of the process in MB (10⁶ bytes).
    package var peakMegabytes: Double
    package var threads: Int
    /// Vector instructions of the kernels: `avx512`, `avx2` or `baseline`; in bfloat16 the unit, e.g. `avx512bf16`.
    package var instructionSet: String
    package var precision: Precision
    /// What the network takes at the median for 155 slices, or for 1,000 training steps, in s.
    package var estimatedSeconds: Double
    /// The same in other precisions.
    package var others: [BenchmarkResult]?

    package var isTraining: Bool { mode == BenchmarkSettings.Mode.train.rawValue }

    private enum CodingKeys: String, CodingKey {
        case mode, method, ngf, size, batch, repeats, threads, precision, others
        case medianMilliseconds = "median_ms"
        case minimumMilliseconds = "min_ms"
        case peakMegabytes = "peak_mb"
        case instructionSet = "isa"
        case estimatedSeconds = "estimate_s"
    }

    init(_ settings: BenchmarkSettings, _ timing: Timing) {
        (mode, method) = (settings.mode.rawValue, settings.method)
        (ngf, size) = (settings.ngf, settings.size)
        (batch, repeats) = (settings.batch, settings.repeats)
        (medianMilliseconds, minimumMilliseconds) = (
            timing.median / Double(settings.batch), timing.minimum / Double(settings.batch)
        )
        estimatedSeconds = medianMilliseconds / 1000 * Double(settings.estimated)
        peakMegabytes = PeakMemory.megabytes
        (threads, precision) = (Parallel.threads, settings.precision)
        instructionSet = ComputingRecord.current(settings.precision).instructionSet
    }
}
