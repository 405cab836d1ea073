import Foundation
import Synchronization

/// Float32 memory, 64-byte aligned, that goes back to a pool when its last reference is gone.
///
/// A training step asks for the same sizes every time, so after the first step the pool serves them without allocating.
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
public final class BufferPool: Sendable {
    public static let shared = BufferPool()

    private struct Idle: @unchecked Sendable {
        var buffers: [Int: [UnsafeMutablePointer<Float>]] = [:]
        var allocations = 0
    }

    private let idle = Mutex(Idle())

    /// How often memory had to be asked of the system so far; constant once a repeated step is warm.
    public var allocationCount: Int { idle.withLock { $0.allocations } }

    static func capacity(for count: Int) -> Int { max(64, (count + 63) / 64 * 64) }

    func take(_ capacity: Int) -> UnsafeMutablePointer<Float> {
        idle.withLock { idle in
            if let pointer = idle.buffers[capacity]?.popLast() { return pointer }
            idle.allocations += 1
            let raw = UnsafeMutableRawPointer.allocate(byteCount: capacity * MemoryLayout<Float>.stride, alignment: 64)
            return raw.bindMemory(to: Float.self, capacity: capacity)
        }
    }

    func give(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        idle.withLock { $0.buffers[capacity, default: []].append(pointer) }
    }

    /// Returns all idle memory to the system.
    public func trim() {
        let buffers = idle.withLock { idle in
            defer { idle.buffers = [:] }
            return idle.buffers
        }
        for pointer in buffers.values.joined() { pointer.deallocate() }
    }
}
