import NeuralNet
import OperationCases
import Tensors
import TestSupport
import Testing

/// Every operation of the table against its float64 twin.
@Suite struct OperationTests {
    @Test(arguments: OperationCases.all)
    func resultAndGradientsAgreeWithTheTwin(_ operation: OperationCase) {
        let check = GradientCheck(operation)
        #expect(check.failures(beyond: operation.tolerance) == [])
    }

    /// With NaN all around the slices, and the result's gradient arriving as a slice.
    @Test(arguments: OperationCases.all.filter(\.takesSlices))
    func channelSlicesServeAsInputs(_ operation: OperationCase) {
        let operands = operation.operands()
        let (slices, own) = (operation.run(operands, .slices), operation.run(operands))
        #expect(slices.difference(from: own) <= operation.tolerance)
        #expect(slices.neighboursAreIntact)
    }
}
