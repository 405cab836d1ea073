import CollaGAN
import NeuralNet
import OperationCases
import Tensors
import TestSupport
import Testing

/// The same bits for any number of threads.
///
/// Tests that set the number of threads belong here: it is one for the whole process.
@Suite(.serialized) struct ThreadCountTests {
    @Test(arguments: OperationCases.all + OperationCases.large)
    func operationsGiveTheSameBits(_ operation: OperationCase) {
        let operands = operation.operands()
        expectSameBits { Run(operation.run(operands)) }
        if operation.takesSlices { expectSameBits { Run(operation.run(operands, .slices)) } }
    }

    @Test func aGeneratorStepGivesTheSameBits() {
        expectSameBits { Run(GeneratorStep(training: 2).run()) }
    }

    @Test func anAdamStepGivesTheSameBits() {
        expectSameBits {
            let step = GeneratorStep(training: 1)
            _ = step.run()
            let adam = Adam(step.generator.parameters)
            adam.update(rate: 1e-3)
            return Run(results: step.generator.parameters.map { $0.values.array() })
        }
    }

    /// Bit patterns, as NaN equals nothing and −0 equals 0.
    private struct Run: Equatable {
        let bits: [[UInt32]]

        init(results: [[Float]]) { bits = results.map { $0.map(\.bitPattern) } }

        init(_ run: OperationRun) {
            self.init(results: [run.output] + (run.inputGradients + run.weightGradients).map { $0 ?? [] })
        }

        init(_ step: (output: [Float], gradients: [[Float]])) { self.init(results: [step.output] + step.gradients) }
    }

    private func expectSameBits(_ body: () -> Run) {
        let one = Parallel.withThreads(1, body)
        #expect(one.bits[0].allSatisfy { Float(bitPattern: $0).isFinite })
        for threads in [2, 3, 5] {
            #expect(Parallel.withThreads(threads, body) == one, "\(threads) threads")
        }
    }
}
