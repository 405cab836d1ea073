import Ranks

/// Sums of numbers over ranks: each rank sums one piece of everybody's numbers, in a balanced tree over the ranks' numbers,
/// and sends the sum to all.
///
/// Each number's sum depends on the ranks alone: it is the same bits for any size of bucket and any transport.
package enum TreeSum {
    /// Numbers that are exchanged at once.
    package static let bucket = 1 << 22

    /// Sums in place.
    ///
    /// - Parameters:
    ///   - values: as many on every rank.
    ///   - bucket: numbers that are exchanged at once, the same on every rank.
    package static func sum(
        _ values: UnsafeMutableBufferPointer<Float>, over transport: any Transport, within seconds: Double,
        bucket: Int = bucket
    ) throws(TransportError) {
        guard transport.size > 1 else { return }
        let size = transport.size
        let scratch = UnsafeMutableBufferPointer<Float>.allocate(
            capacity: (min(bucket, values.count) + size - 1) / size * (size - 1))
        var first = 0
        while first < values.count {
            let count = min(bucket, values.count - first)
            let numbers = UnsafeMutableBufferPointer(rebasing: values[first..<first + count])
            try sumBucket(numbers, scratch, transport, seconds)
            first += count
        }
        // After an error the library may still write into it: then it stays.
        scratch.deallocate()
    }

    private static func sumBucket(
        _ values: UnsafeMutableBufferPointer<Float>, _ scratch: UnsafeMutableBufferPointer<Float>,
        _ transport: any Transport, _ seconds: Double
    ) throws(TransportError) {
        let (rank, size) = (transport.rank, transport.size)
        let piece = (values.count + size - 1) / size
        func place(_ rank: Int) -> UnsafeMutableBufferPointer<Float> {
            let first = min(rank * piece, values.count)
            return UnsafeMutableBufferPointer(rebasing: values[first..<min(first + piece, values.count)])
        }
        let own = place(rank)
        let others = (1..<size).map { (rank + $0) % size }
        var pieces = Array(repeating: own, count: size)
        var messages: [Message] = []
        for (index, other) in others.enumerated() {
            pieces[other] = UnsafeMutableBufferPointer(rebasing: scratch[index * piece..<index * piece + own.count])
            messages.append(.receive(UnsafeMutableRawBufferPointer(pieces[other]), from: other))
        }
        for other in others { messages.append(.send(UnsafeRawBufferPointer(place(other)), to: other)) }
        try transport.exchange(messages, within: seconds)
        sum(pieces)
        if rank != 0, !own.isEmpty { own.baseAddress?.update(from: pieces[0].baseAddress!, count: own.count) }
        messages = others.map { .receive(UnsafeMutableRawBufferPointer(place($0)), from: $0) }
        for other in others { messages.append(.send(UnsafeRawBufferPointer(own), to: other)) }
        try transport.exchange(messages, within: seconds)
    }

    /// Into the first, in blocks that stay in the cache.
    private static func sum(_ pieces: [UnsafeMutableBufferPointer<Float>]) {
        let (count, block) = (pieces[0].count, 4096)
        for first in stride(from: 0, to: count, by: block) {
            let length = min(block, count - first)
            var distance = 1
            while distance < pieces.count {
                for index in stride(from: 0, to: pieces.count - distance, by: 2 * distance) {
                    let (sum, other) = (
                        pieces[index].baseAddress! + first, pieces[index + distance].baseAddress! + first
                    )
                    for place in 0..<length { sum[place] += other[place] }
                }
                distance *= 2
            }
        }
    }
}
