import TestSupport
import Foundation
import Volumes

/// The loop: draws a file, damages it, has it read, counts what came of it.
struct FuzzingRun {
    let options: Options
    let workplace: Workplace
    private var random: SplitMix64
    private var (inputs, compressed, streams) = (0, 0, 0)
    private var outcomes: [String: Int] = [:]

    init(_ options: Options, _ workplace: Workplace) {
        (self.options, self.workplace) = (options, workplace)
        random = SplitMix64(seed: options.seed)
    }

    /// Runs until time or number is reached; throws at the first fault.
    mutating func run() throws {
        let began = Date()
        var report = 60.0
        while inputs < options.iterations {
            if inputs % 256 == 0 {
                let seconds = -began.timeIntervalSinceNow
                if seconds >= options.seconds { break }
                if seconds >= report {
                    report += 60
                    print("\(inputs) inputs in \(Int(seconds)) s")
                    fflush(nil)
                }
            }
            alarm(Options.longestReading)
            try step()
            inputs += 1
        }
        alarm(0)
        try summarise(-began.timeIntervalSinceNow)
    }

    private mutating func step() throws {
        let seed = Seed(&random)
        let content = random.once(in: 50) ? seed.bytes : Mutator.damage(seed, &random)
        let isCompressed = random.once(in: 16)
        var bytes = content
        var isStreamDamaged = false
        if isCompressed {
            bytes = try workplace.compress(content)
            isStreamDamaged = Bool.random(using: &random)
            if isStreamDamaged { bytes = Mutator.damageStream(bytes, &random) }
        }
        let hasRightName = !random.once(in: 200)
        let path = isCompressed == hasRightName ? workplace.compressed : workplace.plain
        try workplace.put(bytes, at: path)
        let code = try ReaderProbe.examine(
            path, content: isStreamDamaged ? nil : content, writesBack: random.once(in: 64))
        compressed += isCompressed ? 1 : 0
        streams += isStreamDamaged ? 1 : 0
        outcomes[code?.rawValue ?? "read", default: 0] += 1
    }

    private func summarise(_ seconds: Double) throws {
        print("seed \(options.seed): \(inputs) inputs in \(Int(seconds)) s (\(Int(Double(inputs) / seconds)) per s)")
        print("  \(compressed) of them compressed, \(streams) with a damaged stream")
        for (name, count) in outcomes.sorted(by: { $0.value > $1.value }) { print("  \(name): \(count)") }
        var usage = rusage()
        getrusage(numericCast(RUSAGE_SELF.rawValue), &usage)
        let peak = usage.ru_maxrss / 1024
        print("  peak memory \(peak) MB")
        if let limit = options.memory, peak > limit {
            throw ReaderProbe.Fault(text: "took \(peak) MB, more than the \(limit) MB allowed")
        }
        print("no fault")
    }
}
