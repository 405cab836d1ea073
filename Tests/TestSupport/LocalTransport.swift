import Foundation
import Ranks

/// Ranks as threads of one process, in any order.
package final class LocalTransport: Transport {
    package let rank: Int
    package let size: Int
    private let post: Post
    /// Milliseconds before each exchange.
    private let delays: [Int]

    private init(_ rank: Int, _ size: Int, _ post: Post, delays: [Int]) {
        (self.rank, self.size, self.post, self.delays) = (rank, size, post, delays)
    }

    /// What was sent and not yet received.
    private final class Post: @unchecked Sendable {
        private let condition = NSCondition()
        private var letters: [[Int]: [[UInt8]]] = [:]

        func put(_ bytes: [UInt8], from: Int, to: Int) {
            condition.withLock {
                letters[[from, to], default: []].append(bytes)
                condition.broadcast()
            }
        }

        func take(from: Int, to: Int, until end: Date) -> [UInt8]? {
            condition.withLock {
                while letters[[from, to], default: []].isEmpty {
                    guard condition.wait(until: end) else { return nil }
                }
                return letters[[from, to]]?.removeFirst()
            }
        }
    }

    package func exchange(_ messages: [Message], within seconds: Double) throws(TransportError) {
        if let delay = delays.randomElement() { Thread.sleep(forTimeInterval: Double(delay) / 1000) }
        let end = Date(timeIntervalSinceNow: seconds)
        for case .send(let bytes, let other) in messages where !bytes.isEmpty {
            post.put(Array(bytes), from: rank, to: other)
        }
        for case .receive(let place, let other) in messages where !place.isEmpty {
            guard let bytes = post.take(from: other, to: rank, until: end) else {
                throw TransportError(.unanswered, "no answer")
            }
            guard bytes.count == place.count else {
                throw TransportError(.broken, "\(bytes.count) bytes of rank \(other), \(place.count) were expected")
            }
            place.copyBytes(from: bytes)
        }
    }

    package func finish() {}

    /// Runs `body` on each of so many ranks at once.
    ///
    /// - Parameters:
    ///   - order: in which they start; those that are left out never answer.
    ///   - delays: milliseconds of which one is waited before each exchange; empty for none.
    /// - Returns: what it gave, by rank; nil for who was left out.
    package static func run<Result: Sendable>(
        _ size: Int, order: [Int]? = nil, delays: [Int] = [], _ body: @escaping @Sendable (LocalTransport) -> Result
    ) -> [Result?] {
        let post = Post()
        let results = Results<Result>(size)
        let group = DispatchGroup()
        for rank in order ?? Array(0..<size) {
            group.enter()
            let thread = Thread {
                results.set(rank, body(LocalTransport(rank, size, post, delays: delays)))
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
        return results.all
    }

    private final class Results<Value: Sendable>: @unchecked Sendable {
        private let lock = NSLock()
        private var values: [Value?]

        init(_ count: Int) { values = Array(repeating: nil, count: count) }

        func set(_ index: Int, _ value: Value) { lock.withLock { values[index] = value } }

        var all: [Value?] { lock.withLock { values } }
    }
}
