import Foundation

/// Hands values from one thread to another, at most `capacity` of them on the way.
final class BoundedChannel<Element: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private var waiting: [Element] = []
    private var isClosed = false

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Waits for room, then leaves a value.
    func send(_ element: Element) {
        condition.lock()
        while waiting.count >= capacity { condition.wait() }
        waiting.append(element)
        condition.broadcast()
        condition.unlock()
    }

    /// No more values will be sent.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// Waits for a value; nil once the channel is closed and empty.
    func receive() -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while waiting.isEmpty, !isClosed { condition.wait() }
        guard !waiting.isEmpty else { return nil }
        let element = waiting.removeFirst()
        condition.broadcast()
        return element
    }
}
