import Dispatch

/// Limits how many tasks exist at once, so that memory stays flat however many patients there are.
final class Slots: Sendable {
    private let semaphore: DispatchSemaphore

    init(_ count: Int) {
        // Counted up from 0: a semaphore may not be let go below the value it began with.
        semaphore = DispatchSemaphore(value: 0)
        for _ in 0..<count { semaphore.signal() }
    }

    /// Waits until a task has gone.
    func take() -> Slot {
        semaphore.wait()
        return Slot(semaphore)
    }

    /// One task's place; free again once nobody holds it.
    final class Slot: Sendable {
        private let semaphore: DispatchSemaphore

        fileprivate init(_ semaphore: DispatchSemaphore) {
            self.semaphore = semaphore
        }

        deinit {
            semaphore.signal()
        }
    }
}
