import Foundation
import Registration
import Tensors
import Volumes

/// Registers two files and prints what was found as JSON, for Tests/CrossChecks/registration.py.
@main enum TrialCommand {
    private struct Answer: Encodable {
        /// Rows; takes a place in FIXED (RAS, mm) to MOVING.
        let matrix: [[Double]]
        let verdict: String
        let doubts: [String]
        let checks: RegistrationChecks
        let hadManyStarts: Bool
        /// Corners of the head's box in FIXED, mm.
        let corners: [[Double]]
        /// Without reading the files: by the clock, and of all processors.
        let seconds: Double
        let processorSeconds: Double
    }

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard (2...3).contains(arguments.count), let threads = Int(arguments.dropFirst(2).first ?? "1"), threads > 0
        else {
            print("usage: registration-trial FIXED MOVING [THREADS]")
            exit(64)
        }
        let volumes = try arguments.prefix(2).map { try NIfTIFile.read($0).volume }
        let clock = ContinuousClock()
        let (began, used) = (clock.now, processorSeconds())
        let (result, corners) = try Parallel.withThreads(threads) {
            let fixed = try Pyramid(volumes[0], .fixed)
            return (RigidRegistration(fixed: fixed, moving: try Pyramid(volumes[1], .moving)).checked(), fixed.corners)
        }
        let map = result.motion.map
        let answer = Answer(
            matrix: (0..<3).map { [map.i[$0], map.j[$0], map.k[$0], map.origin[$0]] } + [[0, 0, 0, 1]],
            verdict: result.checks.verdict.rawValue, doubts: result.checks.doubts, checks: result.checks,
            hadManyStarts: result.hadManyStarts, corners: corners.map { [$0.x, $0.y, $0.z] },
            seconds: (clock.now - began) / .seconds(1), processorSeconds: processorSeconds() - used)
        print(String(decoding: try JSONEncoder().encode(answer), as: UTF8.self))
    }

    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
