import Dispatch
import Foundation
import Synchronization

/// How many threads computing uses, and the one function that uses them.
package enum Parallel {
    /// Of the caller's `withThreads`; threads that `forEach` starts inherit it, other threads do not.
    @TaskLocal private static var budget: Int?
    private static let limit = Atomic<Int>(0)

    /// Number of threads that work started here may use.
    package static var threads: Int { budget ?? defaultThreads }

    /// Number of threads outside of `withThreads`, in the whole process. Setting 0 means all processors that the
    /// process was given.
    package static var defaultThreads: Int {
        get {
            let value = limit.load(ordering: .relaxed)
            return value > 0 ? value : processors
        }
        set { limit.store(newValue, ordering: .relaxed) }
    }

    /// Runs `body`, in which up to `count` threads are used; other callers keep theirs.
    ///
    /// - Precondition: `count` is positive.
    package static func withThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
        precondition(count > 0, "at least one thread")
        return try $budget.withValue(count, operation: body)
    }

    private static let processors = ProcessorSupply.count()

    /// Runs `body(0) … body(count - 1)`, each exactly once, on up to `threads` threads.
    ///
    /// What a chunk is must follow from the problem alone, never from the number of threads: then results are the same
    /// bits for any number of threads.
    package static func forEach(_ count: Int, _ body: (Int) -> Void) {
        let workers = min(threads, count)
        guard workers > 1 else {
            for index in 0..<count { body(index) }
            return
        }
        let next = Atomic<Int>(0)
        let budget = budget
        withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: workers) { _ in
                $budget.withValue(budget) {
                    while true {
                        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                        guard index < count else { return }
                        body(index)
                    }
                }
            }
        }
    }

    /// Splits `rows` into runs of `chunk` (the last may be shorter) and runs `body` for each.
    package static func forEachChunk(of rows: Int, by chunk: Int, _ body: (Range<Int>) -> Void) {
        let count = (rows + chunk - 1) / chunk
        forEach(count) { body($0 * chunk..<min(rows, ($0 + 1) * chunk)) }
    }
}
