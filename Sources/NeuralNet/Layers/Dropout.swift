import CKernels
import Tensors

extension Tape {
    /// Inverted dropout: each value is zeroed with probability `rate`, the others divided by 1 − rate.
    ///
    /// Source: Srivastava et al., JMLR 15 (2014). For inference leave the call out.
    package func dropout(_ x: Variable, rate: Float, using generator: inout SeededGenerator) -> Variable {
        precondition((0..<1).contains(rate), "dropout rate outside 0 ..< 1")
        let shape = x.value.shape
        let keep = Tensor(shape)
        let factor = 1 / (1 - rate)
        withPointers(to: keep) { keep in
            for index in 0..<shape.count { keep.pointer[index] = generator.uniform() < rate ? 0 : factor }
        }
        return multiply(x, by: keep)
    }
}
