import Foundation

/// Float32 memory, 64-byte aligned, that goes back to a pool when its last reference is gone.
///
/// A training step asks for the same sizes every time, so the pool serves them without allocating once it is warm:
/// after the second step, as the first one's memory is partly kept for the parameters' gradients.
package final class Buffer: Sendable, PointerAccess {
    /// Safe to share: it never changes and is freed with the buffer. Who writes where is up to `withPointers`' callers,
    /// which give threads disjoint parts.
    nonisolated(unsafe) let pointer: UnsafeMutablePointer<Float>
    package let count: Int
    /// Floats that the memory holds.
    private let capacity: Int

    /// Uninitialised memory for `count` floats.
    package init(count: Int) {
        self.count = count
        (pointer, capacity) = BufferPool.shared.take(BufferPool.capacity(for: count))
    }

    deinit {
        BufferPool.shared.give(pointer, capacity: capacity)
    }

    package func pointers(_ permit: borrowing PointerPermit) -> UnsafeMutablePointer<Float> { pointer }
}

/// Keeps freed buffers for the next request of the same size.
///
/// Work on ever new sizes cannot pile them up: when memory has to be asked of the system, sizes that nobody asked for
/// during the last 20,000 requests (several training steps) are freed.
package final class BufferPool: Sendable {
    package static let shared = BufferPool()
    private static let patience = 20_000
    /// Floats after the end that a product may read, though it does not use them.
    static let slack = 64

    private struct State {
        /// By capacity; `lastRequest` counts all requests.
        var idle: [Int: (pointers: [UnsafeMutablePointer<Float>], lastRequest: Int)] = [:]
        var requests = 0
        var allocations = 0

        /// Large memory may serve for what needs half of it: a network's layers share it in turn.
        func somewhatLarger(than capacity: Int) -> Int? {
            guard capacity * MemoryLayout<Float>.stride >= Memory.hugePage else { return nil }
            return idle.lazy.filter { key, entry in
                key > capacity && key <= capacity * 2 && !entry.pointers.isEmpty
            }.map(\.key).min()
        }

        mutating func freeIdle(notRequestedSince request: Int) {
            for (capacity, entry) in idle where entry.lastRequest < request {
                for pointer in entry.pointers { Memory.free(pointer, floats: capacity + BufferPool.slack) }
                idle[capacity] = nil
            }
        }
    }

    private let state = Locked(State())

    /// How often memory had to be asked of the system so far; constant once a repeated step is warm.
    package var allocationCount: Int { state.withLock { $0.allocations } }

    static func capacity(for count: Int) -> Int { max(64, (count + 63) / 64 * 64) }

    /// Memory for at least `capacity` floats, and how many it holds.
    func take(_ capacity: Int) -> (UnsafeMutablePointer<Float>, capacity: Int) {
        state.withLock { state in
            state.requests += 1
            state.idle[capacity, default: ([], 0)].lastRequest = state.requests
            if let pointer = state.idle[capacity]?.pointers.popLast() { return (pointer, capacity) }
            if let larger = state.somewhatLarger(than: capacity) {
                return (state.idle[larger]!.pointers.popLast()!, larger)
            }
            state.freeIdle(notRequestedSince: state.requests - Self.patience)
            state.allocations += 1
            return (Memory.allocate(floats: capacity + Self.slack), capacity)
        }
    }

    func give(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        state.withLock { $0.idle[capacity, default: ([], $0.requests)].pointers.append(pointer) }
    }

    /// Returns all idle memory to the system.
    package func trim() {
        state.withLock { $0.freeIdle(notRequestedSince: .max) }
    }
}

/// Memory from the system. Large pieces are mapped in huge pages: kernels walk through them in strides that would need
/// a new page table entry at every step. They go back to the system when they are freed.
private enum Memory {
    static let hugePage = 2 << 20

    static func allocate(floats: Int) -> UnsafeMutablePointer<Float> {
        let bytes = floats * MemoryLayout<Float>.stride
        #if os(Linux)
            if bytes >= hugePage { return map(rounded(bytes)).bindMemory(to: Float.self, capacity: floats) }
        #endif
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        return raw.bindMemory(to: Float.self, capacity: floats)
    }

    static func free(_ pointer: UnsafeMutablePointer<Float>, floats: Int) {
        let bytes = floats * MemoryLayout<Float>.stride
        #if os(Linux)
            if bytes >= hugePage {
                munmap(pointer, rounded(bytes))
                return
            }
        #endif
        pointer.deallocate()
    }

    private static func rounded(_ bytes: Int) -> Int { (bytes + hugePage - 1) / hugePage * hugePage }

    #if os(Linux)
        /// Maps more than is needed and gives back what lies outside whole huge pages.
        private static func map(_ bytes: Int) -> UnsafeMutableRawPointer {
            let whole = bytes + hugePage
            let address = mmap(nil, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            guard let address, address != MAP_FAILED else { fatalError("out of memory: \(bytes) bytes wanted") }
            let before = (hugePage - Int(bitPattern: address) % hugePage) % hugePage
            let start = address + before
            if before > 0 { munmap(address, before) }
            if hugePage > before { munmap(start + bytes, hugePage - before) }
            madvise(start, bytes, MADV_HUGEPAGE)
            return start
        }
    #endif
}
