import Foundation
import Pipeline
import Tensors
import Testing

struct SlotsTests {
    /// Runs tasks of these sizes on threads of their own and returns the most that were in work at once, by number and by bytes.
    private func most(_ slots: Slots, _ tasks: [(held: Int, spare: Int)]) -> (count: Int, bytes: Int) {
        let state = Locked((now: [(held: Int, spare: Int)](), count: 0, bytes: 0))
        DispatchQueue.concurrentPerform(iterations: tasks.count) { index in
            let slot = slots.take(tasks[index].held, spare: tasks[index].spare)
            state.withLock { state in
                state.now.append(tasks[index])
                state.count = max(state.count, state.now.count)
                let spares = state.now.map(\.spare).sorted().suffix(2)
                let bytes = state.now.reduce(0) { $0 + $1.held } + spares.reduce(0, +)
                state.bytes = max(state.bytes, bytes)
            }
            for _ in 0..<100 { sched_yield() }
            state.withLock { state in
                state.now.removeAll { $0 == tasks[index] }
            }
            withExtendedLifetime(slot) {}
        }
        return state.withLock { ($0.count, $0.bytes) }
    }

    @Test func neitherNumberNorMemoryIsExceeded() {
        // All different, so that each can be told apart.
        let tasks = (1...200).map { (held: $0 % 10 * 1000 + $0, spare: $0 % 7 * 500) }
        let most = most(Slots(3, memory: 20_000), tasks)
        #expect(most.count <= 3 && most.bytes <= 20_000, "\(most)")
    }

    @Test func aTaskBeyondAllMemoryGetsItAlone() {
        let slots = Slots(3, memory: 10)
        for _ in 0..<3 { _ = slots.take(100, spare: 5) }
        #expect(most(slots, (1...20).map { (held: 100 + $0, spare: 0) }).count == 1)
    }
}
