import NeuralNet
import OperationCases
import Tensors
import TestSupport
import Testing

/// A repeated computation allocates nothing once it is warm. The pool belongs to the whole process, so each test has a
/// process of its own; with one thread the number of blocks in work is the same every time.
@Suite struct AllocationTests {
    @Test func operations() async {
        await #expect(processExitsWith: .success) {
            Parallel.defaultThreads = 1
            for operation in OperationCases.all + OperationCases.large {
                let operands = operation.operands()
                // What other sizes left idle may be freed at any time and would be counted here.
                BufferPool.shared.trim()
                _ = operation.run(operands)
                let warm = BufferPool.shared.allocationCount
                for _ in 0..<2 { _ = operation.run(operands) }
                #expect(BufferPool.shared.allocationCount == warm, "\(operation)")
            }
        }
    }

    @Test func trainingSteps() async {
        await #expect(processExitsWith: .success) {
            Parallel.defaultThreads = 1
            let step = GeneratorStep(training: 1)
            let adam = Adam(step.generator.parameters)
            func train() {
                _ = step.run()
                adam.update(rate: 1e-3)
            }
            // The first step's idle memory becomes the parameters' gradients, so the second still allocates.
            for _ in 0..<2 { train() }
            let warm = BufferPool.shared.allocationCount
            for _ in 0..<4 { train() }
            #expect(BufferPool.shared.allocationCount == warm)
        }
    }
}
