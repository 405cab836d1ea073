import Foundation
import Tensors

/// What limits on rounding and training were set from: other draws of the same tests.
///
/// `Tests/spread.sh` runs them with many seeds and every instruction set and prints the largest value beside each
/// limit. A usual run takes the seeds as they stand.
package enum Spread {
    private static let environment = ProcessInfo.processInfo.environment
    private static let offset = UInt64(environment["COLLAGAN_TEST_SEED"] ?? "") ?? 0

    /// A test's seed, moved by `COLLAGAN_TEST_SEED`.
    package static func seed(_ seed: UInt64) -> UInt64 { seed &+ 1000 &* offset }

    /// Whether a value is below its limit; both go to the file that `COLLAGAN_TEST_SPREAD` names.
    package static func isWithin(_ value: Double, _ limit: Double, _ name: String) -> Bool {
        if let path = environment["COLLAGAN_TEST_SPREAD"], let file = fopen(path, "a") {
            fputs("\(name)\t\(InstructionSet.current)\t\(value)\t\(limit)\n", file)
            fclose(file)
        }
        return value < limit
    }
}
