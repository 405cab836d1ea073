import Synchronization
import Tensors
import Testing

/// The number of threads belongs to the whole process, so each test has a process of its own.
@Suite struct ParallelTests {
    @Test func everyIndexRunsOnce() async {
        await #expect(processExitsWith: .success) {
            for threads in [1, 2, 3, 5, 64] {
                Parallel.threads = threads
                #expect(Parallel.threads == threads)
                for count in [0, 1, 2, 3, 7, 1000] {
                    let runs = Locked([Int](repeating: 0, count: count))
                    Parallel.forEach(count) { index in runs.withLock { $0[index] += 1 } }
                    #expect(runs.withLock { $0 } == Array(repeating: 1, count: count))
                }
            }
            Parallel.threads = 0
            #expect(Parallel.threads >= 1)
        }
    }

    @Test func chunksCoverTheRowsAndDoNotDependOnThreads() async {
        await #expect(processExitsWith: .success) {
            for (rows, chunk) in [(0, 4), (1, 4), (4, 4), (5, 4), (1000, 7), (3, 100)] {
                let expected = stride(from: 0, to: rows, by: chunk).map { $0..<min(rows, $0 + chunk) }
                for threads in [1, 2, 3, 5] {
                    Parallel.threads = threads
                    let seen = Locked<[Range<Int>]>([])
                    Parallel.forEachChunk(of: rows, by: chunk) { range in seen.withLock { $0.append(range) } }
                    #expect(seen.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound } == expected)
                }
            }
        }
    }
}
