import Foundation

/// Limits how many tasks exist at once and how much memory they take together, so that memory stays flat however many patients there are.
package final class Slots: @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private let memory: Int
    private var taken: [(held: Int, spare: Int)] = []

    /// - Parameters:
    ///   - count: largest number of tasks.
    ///   - memory: bytes that all of them may take; nil for no limit.
    package init(_ count: Int, memory: Int? = nil) {
        (capacity, self.memory) = (count, memory ?? .max)
    }

    /// Waits until there is room; a task that is larger than all memory gets it alone.
    /// - Parameters:
    ///   - held: bytes that the task takes as long as it exists.
    ///   - spare: bytes that it takes on top while it is worked on, which happens to two tasks at a time: one is read while another is
    ///     written.
    package func take(_ held: Int = 0, spare: Int = 0) -> Slot {
        condition.lock()
        while !taken.isEmpty, taken.count >= capacity || used(held, spare) > memory { condition.wait() }
        taken.append((held, spare))
        condition.unlock()
        return Slot(self, held, spare)
    }

    /// Bytes with one task more.
    private func used(_ held: Int, _ spare: Int) -> Int {
        let spares = (taken.map(\.spare) + [spare]).sorted().suffix(2)
        return taken.reduce(held) { $0 + $1.held } + spares.reduce(0, +)
    }

    private func give(_ held: Int, _ spare: Int) {
        condition.lock()
        if let place = taken.firstIndex(where: { $0 == (held, spare) }) { taken.remove(at: place) }
        condition.broadcast()
        condition.unlock()
    }

    /// One task's place; free again once nobody holds it.
    package final class Slot: Sendable {
        private let slots: Slots
        private let held: Int
        private let spare: Int

        fileprivate init(_ slots: Slots, _ held: Int, _ spare: Int) {
            (self.slots, self.held, self.spare) = (slots, held, spare)
        }

        deinit {
            slots.give(held, spare)
        }
    }
}
