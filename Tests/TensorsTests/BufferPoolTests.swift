import Tensors
import Testing

/// The pool belongs to the whole process, so each test has a process of its own.
@Suite struct BufferPoolTests {
    @Test func freedMemoryIsUsedAgain() async {
        await #expect(processExitsWith: .success) {
            func step() { _ = (0..<10).map { Tensor(Shape(1, 1, $0 + 1, 100), filledWith: 1) } }
            step()
            let warm = BufferPool.shared.allocationCount
            for _ in 0..<20 { step() }
            #expect(BufferPool.shared.allocationCount == warm)
            // 65 floats take the room of 128.
            let first = Buffer(count: 65)
            let count = BufferPool.shared.allocationCount
            #expect(count == warm || count == warm + 1)
            withPointers(to: first) { #expect(UInt(bitPattern: $0) % 64 == 0) }
        }
    }

    @Test func trimmedMemoryIsAllocatedAnew() async {
        await #expect(processExitsWith: .success) {
            func step() { _ = Buffer(count: 5000) }
            step()
            let warm = BufferPool.shared.allocationCount
            BufferPool.shared.trim()
            step()
            #expect(BufferPool.shared.allocationCount == warm + 1)
        }
    }

    @Test func sizesUsedInTurnStayWarm() async {
        await #expect(processExitsWith: .success) {
            func step() { for size in 1...6 { _ = Buffer(count: 100_000 * size) } }
            for _ in 0..<3 { step() }
            let warm = BufferPool.shared.allocationCount
            for _ in 0..<3 { step() }
            #expect(BufferPool.shared.allocationCount == warm)
        }
    }

    @Test func sizesNobodyAsksForAnyMoreAreFreed() async {
        await #expect(processExitsWith: .success) {
            _ = Buffer(count: 12_345)
            let warm = BufferPool.shared.allocationCount
            for _ in 0..<30_000 { _ = Buffer(count: 64) }
            _ = Buffer(count: 999)
            #expect(BufferPool.shared.allocationCount == warm + 2)
            _ = Buffer(count: 12_345)
            #expect(BufferPool.shared.allocationCount == warm + 3)
        }
    }

    @Test func buffersInUseAreNeverShared() async {
        await #expect(processExitsWith: .success) {
            Parallel.withThreads(4) {
                Parallel.forEach(2000) { index in
                    let size = 64 * (1 + index % 3)
                    withPointers(to: Buffer(count: size)) { buffer in
                        buffer.update(repeating: Float(index), count: size)
                        withPointers(to: Buffer(count: size)) { $0.update(repeating: -1, count: size) }
                        precondition((0..<size).allSatisfy { buffer[$0] == Float(index) })
                    }
                }
            }
        }
    }
}
