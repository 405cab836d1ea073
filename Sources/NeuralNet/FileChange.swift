import Foundation

/// A change to a file. All that weight files and checkpoints do on disk passes here, so that a test can stop it between any two changes,
/// as a kill would.
package enum FileChange: Sendable, Equatable {
    case create, write, flush, rename, remove

    private typealias Gate = (FileChange) -> Bool

    private static let key = "collagan.FileChange.gate"

    /// Runs `body` with a gate that is asked before each change of this thread: false leaves it out, and whoever wanted it fails.
    package static func gated<Result>(
        by gate: @escaping (FileChange) -> Bool, _ body: () throws -> Result
    ) rethrows -> Result {
        let values = Thread.current.threadDictionary
        values[key] = gate as Gate
        defer { values[key] = nil }
        return try body()
    }

    /// Whether the change may be made; without a gate it always may.
    var isAllowed: Bool { (Thread.current.threadDictionary[Self.key] as? Gate)?(self) ?? true }

    /// Removes a file; one that is missing does no harm.
    package static func remove(_ path: String) {
        if FileChange.remove.isAllowed { unlink(path) }
    }
}
