import OperationCases
import Tensors
import TestSupport
import Testing

/// The second precision: every operation of the table with products of bfloat16.
@Suite(.enabled(if: Precision.bfloat16.isAvailable, "nothing multiplies bfloat16 here; COLLAGAN_ISA=emulated does"))
struct BFloat16Tests {
    /// Relative L2 error that rounding the operands of products causes: 1.4 % at most where it is Winograd's
    /// (docs/explanation/numerics.md).
    private static let tolerance = 0.03
    /// Of gradients behind a leaky ReLU: where rounding moves a value across its kink, that gradient is another one,
    /// which counts in cases of few pixels: 15 % at most.
    private static let toleranceAtKinks = 0.3

    @Test(arguments: OperationCases.all + OperationCases.large)
    func resultAndGradientsAreNearThoseOfFloat32(_ operation: OperationCase) {
        let operands = operation.operands(seed: Spread.seed(1))
        let (exact, rounded) = (operation.run(operands), operation.run(operands, precision: .bfloat16))
        let forward = relativeError(rounded.output, exact.output.map { Double($0) })
        #expect(Spread.isWithin(forward, Self.tolerance, "bfloat16, result: \(operation)"))
        let limit = tolerance(operation)
        #expect(Spread.isWithin(rounded.difference(from: exact), limit, "bfloat16: \(operation)"))
    }

    private func tolerance(_ operation: OperationCase) -> Double {
        ["norm", "activation"].contains { operation.name.contains($0) } ? Self.toleranceAtKinks : Self.tolerance
    }

    /// Winograd's convolutions, strided and transposed ones do use it.
    @Test(arguments: ["convolution 3×3", "transposed", "norm"]) func productsAreRounded(_ name: String) {
        let differences = OperationCases.all.filter { $0.name.contains(name) }.map {
            let operands = $0.operands()
            return $0.run(operands, precision: .bfloat16).difference(from: $0.run(operands))
        }
        #expect(differences.contains { $0 > 1e-4 })
    }

    @Test(arguments: OperationCases.all.filter(\.takesSlices))
    func channelSlicesServeAsInputs(_ operation: OperationCase) {
        let operands = operation.operands(seed: Spread.seed(1))
        let slices = operation.run(operands, .slices, precision: .bfloat16)
        // The result's gradient comes with another factor, so that it is rounded elsewhere.
        let own = operation.run(operands, precision: .bfloat16)
        #expect(Spread.isWithin(slices.difference(from: own), tolerance(operation), "bfloat16, slices: \(operation)"))
        #expect(slices.neighboursAreIntact)
    }

    @Test(arguments: OperationCases.all + OperationCases.large)
    func anyNumberOfThreadsGivesTheSameBits(_ operation: OperationCase) {
        let operands = operation.operands()
        let one = Parallel.withThreads(1) { operation.run(operands, precision: .bfloat16) }
        for threads in [2, 3] {
            let more = Parallel.withThreads(threads) { operation.run(operands, precision: .bfloat16) }
            #expect(more == one, "\(threads) threads")
        }
    }
}
