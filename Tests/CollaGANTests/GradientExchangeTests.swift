import CollaGAN
import NeuralNet
import Ranks
import Tensors
import TestSupport
import Testing

struct GradientExchangeTests {
    private static let counts = [40, 3, 700, 1, 25, 64]

    private static func values(_ rank: Int, _ step: Int, _ place: Int) -> [Float] {
        var random = SeededGenerator(seed: UInt64(1 + rank + 10 * step + 100 * place))
        return (0..<counts[place]).map { _ in random.uniform(-1...1) }
    }

    private static func set(_ values: [Float], _ parameter: Parameter) {
        withPointers(to: parameter.gradientForAdding()) { gradient in
            for index in values.indices { gradient.pointer[index] = values[index] }
        }
    }

    /// Parameters become final in another order on each rank and step; one has no gradient, one is of another network.
    @Test(arguments: [1, 100, 1 << 18]) func sumsOfAnyOrderAndBucket(_ bucket: Int) throws {
        let results = LocalTransport.run(4, order: [3, 1, 0, 2], delays: [0, 1]) { transport -> [[Float]] in
            let rank = transport.rank
            let parameters = Self.counts.enumerated().map {
                Parameter(name: "p\($0)", layout: .vector, count: $1)
            }
            let other = Parameter(name: "other", layout: .vector, count: 9)
            let exchange = GradientExchange(parameters, RankGroup(transport, timeout: 20), bucket: bucket)
            var found: [[Float]] = []
            for step in 0..<3 {
                for (place, parameter) in parameters.enumerated() where place != 3 {
                    Self.set(Self.values(rank, step, place), parameter)
                }
                exchange.take(other)
                for place in [[5, 4, 3, 2, 1, 0], [0, 1, 2], [2, 5], []][(rank + step) % 4] {
                    exchange.take(parameters[place])
                }
                exchange.takeRest()
                do throws(ModelError) { try exchange.finish() } catch { Issue.record("\(error)") }
                found += parameters.map { $0.gradient?.array() ?? [] }
            }
            return found
        }
        let expected = (0..<3).flatMap { step in
            Self.counts.indices.map { place -> [Float] in
                guard place != 3 else { return [] }
                let lists = (0..<4).map { Self.values($0, step, place) }
                return lists[0].indices.map { (lists[0][$0] + lists[1][$0]) + (lists[2][$0] + lists[3][$0]) }
            }
        }
        for result in results { #expect(result == expected) }
    }

    @Test func timeOnTheWayIsTold() throws {
        let times = LocalTransport.run(2) { transport -> ExchangeTime in
            let parameter = Parameter(name: "p", layout: .vector, count: 8)
            let exchange = GradientExchange([parameter], RankGroup(transport, timeout: 20))
            exchange.takeRest()
            try? exchange.finish()
            return exchange.time
        }
        for time in times { #expect(try #require(time).travelled > 0 && #require(time).waited > 0) }
    }

    /// What is under way when an exchange fails is not tried, each for its own time.
    @Test func afterAFailureNothingIsTried() throws {
        let results = LocalTransport.run(2, order: [0]) { transport -> (ModelError.Code?, Duration) in
            let parameters = (0..<20).map { Parameter(name: "p\($0)", layout: .vector, count: 8) }
            let group = RankGroup(transport, timeout: 0.2)
            let exchange = GradientExchange(parameters, group, bucket: 1)
            let begun = ContinuousClock.now
            exchange.takeRest()
            do throws(ModelError) { try exchange.finish() } catch {
                _ = try? group.gather([1])
                return (error.code, .now - begun)
            }
            return (nil, .zero)
        }
        let (code, time) = try #require(results[0])
        #expect(code == .unanswered && time < .seconds(2))
    }
}
