import ArgumentParser
import CollaGAN
import OperationCases
import Pipeline
import Tensors

extension BenchmarkSettings.Mode: ExpressibleByArgument {}
extension MethodName: ExpressibleByArgument {}

struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Time the engine on this machine, with random weights or a model's.",
        discussion: """
            infer: imputation of one contrast, per slice; train: one step of adversarial training of both networks at batch 1, per \
            step; and what a patient of 155 slices or 1,000 such steps would take. Without --precision one line for each that this \
            processor has; JSON then is that of float32, with the others in 'others'. --ops takes single operations instead, among them the generator's layers at ngf 64 and 16. Keys of the JSON: \
            docs/benchmarks/README.md.
            """)

    @Option(help: "Generator base width, a multiple of 4. (default: \(BenchmarkSettings().ngf))")
    var ngf: Int?

    @Option(
        help: """
            Whose networks; those of other methods than collagan with as many residual blocks as published. \
            (default: \(BenchmarkSettings().method.rawValue))
            """)
    var method: MethodName?

    @Option(
        help: ArgumentHelp(
            "Weight file of the model whose network imputes, instead of --ngf and --method; both passes where it flips.",
            valueName: "file"))
    var model: String?

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

    @Option(help: "Of the operands of the network's products: float32 or bfloat16. (default: all that can be had)")
    var precision: Precision?

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var talk: TalkOptions

    private func settings(_ precision: Precision) -> BenchmarkSettings {
        var settings = BenchmarkSettings()
        settings.mode = mode
        settings.method = method ?? settings.method
        settings.ngf = ngf ?? settings.ngf
        settings.size = size
        settings.repeats = repeats
        settings.precision = precision
        settings.batch = batch ?? (mode == .train ? 1 : settings.batch)
        return settings
    }

    func validate() throws {
        guard ops || !timesOpenBLAS else { throw ValidationError("'--openblas' goes with --ops") }
        guard model == nil || mode == .infer && !ops else {
            throw ValidationError("'--model' is for infer mode: a model file holds no discriminator to train against")
        }
        guard model == nil || ngf == nil && method == nil else {
            throw ValidationError("'--model' has a method and a width of its own; leave out --ngf and --method")
        }
        do { try settings(precision ?? .float32).validate() } catch { throw ValidationError(error.message) }
    }

    func run() throws {
        try startOrRefuse(talk) { _ in
            try ProcessSettings.use(threads: threads.threads)
            if ops { return try runOperations() }
            let model = try model.map { path in try ModelFile(path: path, option: "--model").model }
            var results = try precisions.map { precision in
                var settings = settings(precision)
                if let model { settings.model = model }
                return try Benchmark.run(settings)
            }
            guard talk.json else { return try printResult(Self.text(results)) }
            var first = results.removeFirst()
            first.others = precision == nil ? results : nil
            try printJSON(first)
        }
    }

    private var precisions: [Precision] { precision.map { [$0] } ?? Precision.allCases.filter(\.isAvailable) }

    private func runOperations() throws {
        let result = OperationBenchmark(
            OperationCases.large + OperationCases.network, repeats: repeats, timesOpenBLAS: timesOpenBLAS)
        if talk.json { try printJSON(result) } else { try printResult(result.text()) }
    }

    private static func text(_ results: [BenchmarkResult]) -> String {
        let (first, last) = (results[0], results[results.count - 1])
        let (unit, whole) = first.isTraining ? ("step", "1,000 steps") : ("slice", "155 slices")
        let lines = results.map { result in
            """
            \(result.precision) with \(result.instructionSet): \(rounded(result.medianMilliseconds)) ms per \(unit) (median of \
            \(result.repeats), shortest \(rounded(result.minimumMilliseconds))), \(duration(result.estimatedSeconds)) for \(whole)
            """
        }
        return """
            \(first.mode), \(first.method.rawValue), ngf \(first.ngf), \(first.size)×\(first.size), batch \(first.batch), \(first.threads) \
            thread\(first.threads == 1 ? "" : "s"), peak memory \(rounded(last.peakMegabytes)) MB
            \(lines.joined(separator: "\n"))
            """
    }

    private static func duration(_ seconds: Double) -> String {
        seconds < 120 ? "\(rounded(seconds)) s" : "\(rounded(seconds / 60)) min"
    }

    private static func rounded(_ value: Double) -> String {
        String((value * 10).rounded() / 10)
    }
}
