import CMalloc
import Dispatch
import Foundation

/// Whether the system gives what threads take. Where it does not, libdispatch would try for ever to start one.
package enum ThreadSupply {
    /// Address space of a thread's stack, in bytes.
    private static let stack = 8 << 20

    /// Address space of so many threads, in bytes.
    package static func addressSpace(_ count: Int) -> Int { count * stack }

    /// Keeps malloc from reserving 64 MB of address space for every thread where that is limited.
    package static func spareAddressSpace() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < UInt(Int.max) else {
            return
        }
        mallopt(M_ARENA_MAX, 1)
    }

    /// Whether so many threads can be there at once, tried out.
    package static func gives(_ count: Int) -> Bool {
        let gate = DispatchSemaphore(value: 0)
        var threads: [pthread_t] = []
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer {
            pthread_attr_destroy(&attributes)
            for _ in threads { gate.signal() }
            for thread in threads { pthread_join(thread, nil) }
        }
        pthread_attr_setstacksize(&attributes, stack)
        for _ in 0..<count {
            var thread = pthread_t()
            let waiting = Unmanaged.passRetained(gate)
            let status = pthread_create(
                &thread, &attributes,
                { argument in
                    if let argument { Unmanaged<DispatchSemaphore>.fromOpaque(argument).takeRetainedValue().wait() }
                    return nil
                }, waiting.toOpaque())
            guard status == 0 else {
                waiting.release()
                return false
            }
            threads.append(thread)
        }
        return true
    }
}
