import Foundation
import Synchronization

/// Float32 memory, 64-byte aligned, that goes back to a pool when its last reference is gone.
///
/// A training step asks for the same sizes every time, so the pool serves them without allocating once it is warm: after the
/// second step, as the first one's memory is partly kept for the parameters' gradients.
public final class Buffer: @unchecked Sendable {
    public let pointer: UnsafeMutablePointer<Float>
    public let count: Int

    /// Uninitialised memory for `count` floats.
    public init(count: Int) {
        self.count = count
        pointer = BufferPool.shared.take(BufferPool.capacity(for: count))
    }

    deinit {
        BufferPool.shared.give(pointer, capacity: BufferPool.capacity(for: count))
    }
}

/// Keeps freed buffers for the next request of the same size.
///
/// Work on ever new sizes cannot pile them up: when memory has to be asked of the system, sizes that nobody asked for during the last
/// 20,000 requests (several training steps) are freed.
public final class BufferPool: Sendable {
    public static let shared = BufferPool()
    private static let patience = 20_000
    /// Floats after the end that a product may read, though it does not use them.
    private static let slack = 64
    private static let hugePage = 2 << 20

    private struct State: @unchecked Sendable {
        /// By capacity; `lastRequest` counts all requests.
        var idle: [Int: (pointers: [UnsafeMutablePointer<Float>], lastRequest: Int)] = [:]
        var (requests, allocations) = (0, 0)

        mutating func freeIdle(notRequestedSince request: Int) {
            for (capacity, entry) in idle where entry.lastRequest < request {
                for pointer in entry.pointers { pointer.deallocate() }
                idle[capacity] = nil
            }
        }
    }

    private let state = Mutex(State())

    /// How often memory had to be asked of the system so far; constant once a repeated step is warm.
    public var allocationCount: Int { state.withLock { $0.allocations } }

    static func capacity(for count: Int) -> Int { max(64, (count + 63) / 64 * 64) }

    func take(_ capacity: Int) -> UnsafeMutablePointer<Float> {
        state.withLock { state in
            state.requests += 1
            state.idle[capacity, default: ([], 0)].lastRequest = state.requests
            if let pointer = state.idle[capacity]?.pointers.popLast() { return pointer }
            state.freeIdle(notRequestedSince: state.requests - Self.patience)
            state.allocations += 1
            return Self.allocate(capacity + Self.slack)
        }
    }

    /// Large memory is asked for in huge pages: kernels walk through it in strides that would need a new page table entry at every step.
    private static func allocate(_ floats: Int) -> UnsafeMutablePointer<Float> {
        let bytes = floats * MemoryLayout<Float>.stride
        let isLarge = bytes >= hugePage
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? hugePage : 64)
        #if os(Linux)
            if isLarge { madvise(raw, bytes, MADV_HUGEPAGE) }
        #endif
        return raw.bindMemory(to: Float.self, capacity: floats)
    }

    func give(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        state.withLock { $0.idle[capacity, default: ([], $0.requests)].pointers.append(pointer) }
    }

    /// Returns all idle memory to the system.
    public func trim() {
        state.withLock { $0.freeIdle(notRequestedSince: .max) }
    }
}
