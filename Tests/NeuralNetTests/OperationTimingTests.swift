import NeuralNet
import OperationCases
import Tensors
import Testing

@Suite struct OperationTimingTests {
    /// Worked out by hand: (name of the case, its input, GFLOP, MB, MB of the gradients).
    static let costs: [(name: String, input: Shape, gflop: Double, megabytes: Double, gradientMegabytes: Double)] = [
        // 57600 · 64 · 1152 products; 57600 · 128 + 73728 values in, 57600 · 64 out
        ("convolution 3×3", Shape(1, 240, 240, 128), 8.493_465_6, 44.531_712, 74.317_824),
        // 120² · 16 · 32 · 4 products; 57600 · 16 + 2048 in, 120² · 32 out
        ("convolution 2×2", Shape(1, 240, 240, 16), 0.058_982_4, 5.537_792, 9.232_384),
        // 15² · 1024 · 512 · 4 products; 15² · 1024 + 4 · 1024 · 512 + 512 in, 30² · 512 out
        ("transposed", Shape(1, 15, 15, 1024), 0.943_718_4, 11.155_456, 20.467_712),
        ("instance norm", Shape(1, 240, 240, 64), 0, 29.491_712, 44.237_824),
    ]

    @Test(arguments: costs.indices) func costsFollowFromShapes(_ index: Int) throws {
        let expected = Self.costs[index]
        let operation = try #require(
            OperationCases.network.first { $0.name.hasPrefix(expected.name) && $0.inputs[0].shape == expected.input })
        let cost = try #require(operation.cost)
        #expect(abs(cost.flops / 1e9 - expected.gflop) < 1e-9)
        #expect(cost.gradientFlops == 2 * cost.flops)
        #expect(abs(cost.bytes / 1e6 - expected.megabytes) < 1e-9)
        #expect(abs(cost.gradientBytes / 1e6 - expected.gradientMegabytes) < 1e-9)
    }

    @Test(arguments: OperationCases.all) func everyCaseCanBeTimed(_ operation: OperationCase) {
        let timing = OperationTiming(operation, repeats: 2)
        for pass in [timing.forward, timing.gradients] {
            #expect(pass.median >= pass.minimum && pass.minimum >= 0)
            #expect((pass.gflops == nil) == ((operation.cost?.flops ?? 0) == 0))
        }
    }

    @Test func everyCaseOfTheNetworkKnowsItsCost() {
        #expect(OperationCases.network.allSatisfy { $0.cost != nil })
    }

    @Test func mediansAreOfTheSortedTimes() {
        #expect(Timing([5, 1, 3]).median == 3 && Timing([4, 1, 3, 2]).median == 2.5)
        #expect(Timing([5, 1, 3]).minimum == 1)
    }

    @Test func untimedRunsComeFirst() {
        var runs: [Int] = []
        _ = Timing(warmUps: 2, repeats: 3) { runs.append($0) }
        #expect(runs == [0, 1, 2, 3, 4])
    }
}
