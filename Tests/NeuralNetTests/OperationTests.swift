import NeuralNet
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

    @Test(arguments: OperationCases.all.filter(\.takesSlices))
    func channelSlicesServeAsInputs(_ operation: OperationCase) {
        let check = GradientCheck(operation.with { $0.directions = 2 }, .slices)
        #expect(check.failures(beyond: operation.tolerance) == [])
    }
}
