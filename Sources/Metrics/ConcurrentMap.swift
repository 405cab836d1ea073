import Tensors

/// The results of `count` independent computations, in order; computed on as many threads as `Parallel` allows.
package func concurrentMap<Result: Sendable>(count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    var results = [Result?](repeating: nil, count: count)
    results.withUnsafeMutableBufferPointer { buffer in
        // Every iteration writes its own element and none reads another's.
        nonisolated(unsafe) let slots = buffer
        Parallel.forEach(count) { slots[$0] = body($0) }
    }
    return results.compactMap { $0 }
}
