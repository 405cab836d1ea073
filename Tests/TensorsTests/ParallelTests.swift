import Dispatch
import Tensors
import Testing

@Suite struct ParallelTests {
    @Test func everyIndexRunsOnce() {
        for threads in [1, 2, 3, 5, 64] {
            Parallel.withThreads(threads) {
                #expect(Parallel.threads == threads)
                for count in [0, 1, 2, 3, 7, 1000] {
                    let runs = Locked([Int](repeating: 0, count: count))
                    Parallel.forEach(count) { index in runs.withLock { $0[index] += 1 } }
                    #expect(runs.withLock { $0 } == Array(repeating: 1, count: count))
                }
            }
        }
    }

    @Test func chunksCoverTheRowsAndDoNotDependOnThreads() {
        for (rows, chunk) in [(0, 4), (1, 4), (4, 4), (5, 4), (1000, 7), (3, 100)] {
            let expected = stride(from: 0, to: rows, by: chunk).map { $0..<min(rows, $0 + chunk) }
            for threads in [1, 2, 3, 5] {
                let seen = Locked<[Range<Int>]>([])
                Parallel.withThreads(threads) {
                    Parallel.forEachChunk(of: rows, by: chunk) { range in seen.withLock { $0.append(range) } }
                }
                #expect(seen.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound } == expected)
            }
        }
    }

    @Test func aBudgetHoldsForItsCallAlone() {
        let before = Parallel.threads
        let most = Locked(0)
        Parallel.withThreads(3) {
            #expect(Parallel.threads == 3)
            Parallel.withThreads(2) { #expect(Parallel.threads == 2) }
            // The threads of the call inherit it.
            Parallel.forEach(20) { _ in most.withLock { $0 = max($0, Parallel.threads) } }
            #expect(Parallel.threads == 3)
        }
        #expect(most.withLock { $0 } == 3)
        #expect(Parallel.threads == before)
    }

    @Test func twoCallersDoNotDisturbEachOther() {
        DispatchQueue.concurrentPerform(iterations: 8) { caller in
            let threads = 1 + caller % 4
            Parallel.withThreads(threads) {
                for _ in 0..<50 {
                    Parallel.forEach(4) { _ in precondition(Parallel.threads == threads) }
                }
            }
        }
    }

    /// The default belongs to the whole process, so the test has a process of its own.
    @Test func theDefaultHoldsOutsideOfBudgets() async {
        await #expect(processExitsWith: .success) {
            Parallel.defaultThreads = 5
            #expect(Parallel.threads == 5)
            Parallel.withThreads(2) { #expect(Parallel.threads == 2) }
            Parallel.defaultThreads = 0
            #expect(Parallel.threads >= 1)
        }
    }
}
