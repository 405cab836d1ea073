import ArgumentParser
import CollaGAN
import OperationCases
import Pipeline

extension BenchmarkSettings.Mode: ExpressibleByArgument {}
extension MethodName: ExpressibleByArgument {}

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Time the engine on this machine with random weights.",
        discussion: """
            infer: imputation of one contrast, per slice; train: one step of adversarial training of both networks at batch 1, per \
            step. --ops takes single operations instead, among them the generator's layers at ngf 64 and 16. Keys of the JSON: \
            docs/benchmarks/README.md.
            """)

    @Option(help: "Generator base width, a multiple of 4.")
    var ngf = BenchmarkSettings().ngf

    @Option(
        help: "Whose networks; those of other methods than collagan with as many residual blocks as published."
    )
    var method = BenchmarkSettings().method

    @Option(help: "Height and width of a slice in pixels, a multiple of 16; at least 96 in train mode.")
    var size = BenchmarkSettings().size

    @Option(help: "Slices per generator call in infer mode. (default: \(BenchmarkSettings().batch))")
    var batch: Int?

    @Option(help: "What is timed: infer or train.")
    var mode = BenchmarkSettings.Mode.infer

    @Option(help: "Number of timed runs, after an untimed one.")
    var repeats = BenchmarkSettings().repeats

    @Flag(help: "Time single operations, matrix products and memory; of the options above only --repeats counts.")
    var ops = false

    @Flag(
        name: .customLong("openblas"), help: "With --ops: time OpenBLAS's matrix products, too, where it is installed.")
    var timesOpenBLAS = false

    @OptionGroup var precision: PrecisionOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var talk: TalkOptions

    private var settings: BenchmarkSettings {
        var settings = BenchmarkSettings()
        (settings.mode, settings.method) = (mode, method)
        settings.ngf = ngf
        settings.size = size
        settings.repeats = repeats
        settings.precision = precision.precision
        settings.batch = batch ?? (mode == .train ? 1 : settings.batch)
        return settings
    }

    func validate() throws {
        guard ops || !timesOpenBLAS else { throw ValidationError("'--openblas' goes with --ops") }
        do { try settings.validate() } catch { throw ValidationError(error.message) }
    }

    func run() throws {
        try startOrRefuse(talk) { _ in
            try ProcessSettings.use(threads: threads.threads)
            if ops { return try runOperations() }
            let result = try Benchmark.run(settings)
            if talk.json { try printJSON(result) } else { try printResult(Self.text(result)) }
        }
    }

    private func runOperations() throws {
        let result = OperationBenchmark(
            OperationCases.large + OperationCases.network, repeats: repeats, timesOpenBLAS: timesOpenBLAS)
        if talk.json { try printJSON(result) } else { try printResult(result.text()) }
    }

    private static func text(_ result: BenchmarkResult) -> String {
        let unit = result.mode == BenchmarkSettings.Mode.train.rawValue ? "step" : "slice"
        return """
            \(result.mode), \(result.method.rawValue), ngf \(result.ngf), \(result.size)×\(result.size), batch \(result.batch): \
            \(rounded(result.medianMilliseconds)) ms per \(unit) (median of \(result.repeats), shortest \
            \(rounded(result.minimumMilliseconds)))
            \(result.threads) thread\(result.threads == 1 ? "" : "s"), \(result.instructionSet), \(result.precision), peak memory \(rounded(result.peakMegabytes)) MB
            """
    }

    private static func rounded(_ value: Double) -> String {
        String((value * 10).rounded() / 10)
    }
}
