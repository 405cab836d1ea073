import NeuralNet
import OperationCases
import Tensors
import TestSupport
import Testing

/// Every operation of the table against its float64 twin.
@Suite struct OperationTests {
    @Test(arguments: OperationCases.all)
    func resultAndGradientsAgreeWithTheTwin(_ operation: OperationCase) {
        let check = GradientCheck(operation, seed: Spread.seed(1))
        let largest = check.gradients.map(\.error).max() ?? 0
        #expect(Spread.isWithin(max(largest, check.forward), operation.tolerance, "twin: \(operation)"))
        #expect(check.failures(beyond: operation.tolerance) == [])
    }

    /// With NaN all around the slices, and the result's gradient arriving as a slice.
    @Test(arguments: OperationCases.all.filter(\.takesSlices))
    func channelSlicesServeAsInputs(_ operation: OperationCase) {
        let operands = operation.operands(seed: Spread.seed(1))
        let (slices, own) = (operation.run(operands, .slices), operation.run(operands))
        #expect(Spread.isWithin(slices.difference(from: own), operation.tolerance, "slices: \(operation)"))
        #expect(slices.neighboursAreIntact)
    }
}
