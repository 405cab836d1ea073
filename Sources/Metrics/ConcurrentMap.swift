import Dispatch

/// The results of `count` independent computations, in order; computed on several threads where the machine has them.
func concurrentMap<Result: Sendable>(count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    var results = [Result?](repeating: nil, count: count)
    results.withUnsafeMutableBufferPointer { buffer in
        // Every iteration writes its own element and none reads another's.
        nonisolated(unsafe) let slots = buffer
        DispatchQueue.concurrentPerform(iterations: count) { slots[$0] = body($0) }
    }
    return results.compactMap { $0 }
}
