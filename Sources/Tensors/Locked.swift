import Foundation

/// A value that one thread at a time may touch: `value` is read and written while `lock` is held, and in no other way.
///
/// Like `Synchronization.Mutex`, but with a lock that ThreadSanitizer knows: of the other it sees no order and reports
/// every access as a race.
package final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    package init(_ value: consuming sending Value) {
        self.value = value
    }

    /// Waits until no other thread is at the value, then works on it. Not to be nested.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
