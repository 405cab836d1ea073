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
/// Work on ever new sizes cannot pile them up: once more than twice the largest amount ever in use is held, idle memory is freed.
public final class BufferPool: Sendable {
    public static let shared = BufferPool()

    private struct State: @unchecked Sendable {
        var idle: [Int: [UnsafeMutablePointer<Float>]] = [:]
        /// All in floats.
        var (held, inUse, peak) = (0, 0, 0)
        var allocations = 0

        mutating func freeIdle() {
            for (capacity, pointers) in idle {
                for pointer in pointers { pointer.deallocate() }
                held -= capacity * pointers.count
            }
            idle = [:]
        }
    }

    private let state = Mutex(State())

    /// How often memory had to be asked of the system so far; constant once a repeated step is warm.
    public var allocationCount: Int { state.withLock { $0.allocations } }

    static func capacity(for count: Int) -> Int { max(64, (count + 63) / 64 * 64) }

    func take(_ capacity: Int) -> UnsafeMutablePointer<Float> {
        state.withLock { state in
            state.inUse += capacity
            state.peak = max(state.peak, state.inUse)
            if let pointer = state.idle[capacity]?.popLast() { return pointer }
            if state.held + capacity > 2 * state.peak { state.freeIdle() }
            state.held += capacity
            state.allocations += 1
            let raw = UnsafeMutableRawPointer.allocate(byteCount: capacity * MemoryLayout<Float>.stride, alignment: 64)
            return raw.bindMemory(to: Float.self, capacity: capacity)
        }
    }

    func give(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        state.withLock { state in
            state.inUse -= capacity
            state.idle[capacity, default: []].append(pointer)
        }
    }

    /// Returns all idle memory to the system.
    public func trim() {
        state.withLock { $0.freeIdle() }
    }
}
