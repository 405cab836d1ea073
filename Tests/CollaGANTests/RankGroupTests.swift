import CollaGAN
import Foundation
import NeuralNet
import Ranks
import Tensors
import TestSupport
import Testing

struct RankGroupTests {
    /// Magnitudes over many orders, so that the order of a sum shows in its bits.
    private static func numbers(_ rank: Int, _ count: Int) -> [Float] {
        var random = SeededGenerator(seed: UInt64(rank + 1))
        return (0..<count).map { _ in
            random.uniform(-1...1) * Float(sign: .plus, exponent: -random.index(below: 24), significand: 1)
        }
    }

    private static func tree(_ lists: [[Float]]) -> [Float] {
        var lists = lists
        while lists.count > 1 {
            lists = stride(from: 0, to: lists.count, by: 2).map { index in
                index + 1 < lists.count ? zip(lists[index], lists[index + 1]).map { $0 + $1 } : lists[index]
            }
        }
        return lists[0]
    }

    @Test(arguments: [1, 2, 3, 4, 5, 8]) func sumsAreThoseOfATreeForAnyBucketAndOrder(_ size: Int) throws {
        let count = 1003
        let expected = Self.tree((0..<size).map { Self.numbers($0, count) })
        for (bucket, order) in [(1 << 22, Array(0..<size)), (100, (0..<size).reversed()), (size, Array(0..<size))] {
            let sums = LocalTransport.run(size, order: order, delays: [0, 1]) { transport in
                var values = Self.numbers(transport.rank, count)
                values.withUnsafeMutableBufferPointer { values in
                    do throws(TransportError) {
                        try TreeSum.sum(values, over: transport, within: 20, bucket: bucket)
                    } catch {
                        Issue.record("\(error)")
                    }
                }
                return values
            }
            for sum in sums { #expect(sum == expected, "\(size) ranks, buckets of \(bucket)") }
        }
        if size > 2 {
            let sequential = (0..<count).map { place in
                (1..<size).reduce(Self.numbers(0, count)[place]) { $0 + Self.numbers($1, count)[place] }
            }
            #expect(size == 3 || sequential != expected, "numbers that no order changes prove nothing")
        }
    }

    @Test func fewerNumbersThanRanks() {
        let sums = LocalTransport.run(4) { transport in
            var values = [Float(transport.rank), 1]
            values.withUnsafeMutableBufferPointer { try? TreeSum.sum($0, over: transport, within: 20) }
            return values
        }
        #expect(sums == Array(repeating: [6, 4], count: 4))
    }

    private func onRanks<Value: Sendable>(
        _ size: Int, order: [Int]? = nil, timeout: Double = 20,
        _ body: @escaping @Sendable (RankGroup) throws(ModelError) -> Value
    ) -> [Result<Value, ModelError>?] {
        LocalTransport.run(size, order: order, delays: [0, 1]) { transport in
            Result { () throws(ModelError) in try body(RankGroup(transport, timeout: timeout)) }
        }
    }

    @Test func everybodyHearsEverybody() throws {
        let texts = onRanks(3, order: [2, 0, 1]) { group throws(ModelError) in
            try group.gather(String(repeating: "é", count: 3 * group.rank))
        }
        for result in texts {
            #expect(try result?.get() == ["", "ééé", "éééééé"])
        }
        let alone = onRanks(1) { group throws(ModelError) in try group.gather([7]) }
        for result in alone { #expect(try result?.get() == [[7]]) }
    }

    @Test func whatFailsOnSomeFailsOnAllWithTheLowestRanksError() {
        let results = onRanks(4) { group throws(ModelError) in
            try group.agree { () throws(ModelError) in
                if group.rank >= 2 { throw ModelError(.unwritable, "file\(group.rank)", "no\nspace") }
            }
        }
        for result in results {
            #expect(throws: ModelError(.unwritable, "", "file2: no\u{FFFD}space")) { try result?.get() }
        }
    }

    @Test func whoIsLostIsTold() {
        let results = onRanks(3, order: [0, 2], timeout: 0.2) { group throws(ModelError) in
            try group.gather([group.rank])
        }
        #expect(results[1] == nil)
        for rank in [0, 2] {
            guard case .failure(let error)? = results[rank] else {
                Issue.record("rank \(rank) has an answer")
                continue
            }
            #expect(error.code == .unanswered && error.message.contains("--resume"))
        }
    }

    @Test func whatDiffersIsNamed() {
        let results = onRanks(3) { group throws(ModelError) in
            try group.requireSame(group.rank == 1 ? "b" : "a", "another letter")
        }
        for result in results {
            #expect(throws: ModelError(.mismatch, "", "rank 1 has another letter than rank 0")) { try result?.get() }
        }
    }

    @Test func launcherAndLibraryOfTwoMakesAreRefused() throws {
        try MPITransport.requireLauncher(ofSize: 1, "X", [:])
        try MPITransport.requireLauncher(ofSize: 1, "X", ["OMPI_COMM_WORLD_SIZE": "1", "SLURM_STEP_NUM_TASKS": "4"])
        try MPITransport.requireLauncher(ofSize: 2, "X", ["PMI_SIZE": "2"])
        for name in ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"] {
            do throws(TransportError) {
                try MPITransport.requireLauncher(ofSize: 1, "Some MPI", [name: "4"])
                Issue.record("\(name) is not looked at")
            } catch {
                #expect(error.code == .wrongLauncher)
                #expect(error.message.contains("4 processes (\(name)), but Some MPI") && !error.message.contains("\n"))
            }
        }
    }
}
