import Foundation

/// A change to a file. All that weight files and checkpoints do on disk passes here, so that a test can stop it between any two changes,
/// as a kill would.
package enum FileChange: Sendable, Equatable {
    case create, write, flush, rename, remove

    /// Asked before each change: false leaves it out, and whoever wanted it fails. Nil lets everything through.
    @TaskLocal package static var gate: (@Sendable (FileChange) -> Bool)?

    /// Whether the change may be made.
    var isAllowed: Bool { Self.gate?(self) ?? true }

    /// Removes a file; one that is missing does no harm.
    package static func remove(_ path: String) {
        if FileChange.remove.isAllowed { unlink(path) }
    }
}
