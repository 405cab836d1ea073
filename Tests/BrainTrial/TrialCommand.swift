import BrainExtraction
import Foundation
import Tensors
import Volumes

/// Writes deepbet's mask of a file as BrainExtraction makes it, or the mask of several on one grid, and prints what it took as JSON: for
/// Tests/CrossChecks/brain_masks.py.
@main enum TrialCommand {
    private struct Answer: Encodable {
        /// Of the mask.
        let millilitres: Double
        /// Without reading and writing, by the clock, and of all processors.
        let seconds: Double
        let processorSeconds: Double
        /// Reading the weights.
        let loadingSeconds: Double
        /// Largest resident memory of the process before and after, in MB.
        let megabytesBefore: Double
        let megabytes: Double
    }

    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 4, let threads = Int(arguments[0]), threads > 0 else {
            print("usage: brain-trial THREADS WEIGHTS MASK IMAGE [IMAGE …]")
            exit(64)
        }
        let images = try arguments[3...].map { try NIfTIFile.read($0) }
        let clock = ContinuousClock()
        let started = clock.now
        let extraction = try BrainExtraction(contentsOf: arguments[1])
        let (began, used, before) = (clock.now, processorSeconds(), peakMegabytes())
        let mask = try Parallel.withThreads(threads) {
            let probabilities = try images.map { try extraction.probability(of: $0.volume) }
            return images.count == 1
                ? try BrainExtraction.mask(from: probabilities[0], threshold: BrainExtraction.threshold)
                : try BrainExtraction.mask(from: probabilities)
        }
        let spacing = mask.grid.spacing
        let answer = Answer(
            millilitres: mask.voxels.reduce(0) { $0 + Double($1) } * spacing.x * spacing.y * spacing.z / 1000,
            seconds: (clock.now - began) / .seconds(1), processorSeconds: processorSeconds() - used,
            loadingSeconds: (began - started) / .seconds(1), megabytesBefore: before, megabytes: peakMegabytes())
        try NIfTIFile.write(mask, like: images[0].header, to: arguments[2])
        print(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func peakMegabytes() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) * 1024 / 1e6
    }
}
