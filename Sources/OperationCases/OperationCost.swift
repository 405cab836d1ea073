import Tensors

/// What an operation costs at least, from its shapes.
package struct OperationCost: Sendable {
    /// Floating-point operations of the direct algorithm, two per multiply-add; 0 where there are no products to speak
    /// of.
    package let flops: Double
    /// Bytes of the result when inputs and weights are read once and it is written once, float32.
    package let bytes: Double
    /// The same for the gradients of all inputs and weights, from them and the result's gradient.
    package let gradientBytes: Double

    /// Two products of the gradients' pass, by inputs and by weights, are each as large as the result's.
    package var gradientFlops: Double { 2 * flops }

    /// - Parameters:
    ///   - operands: number of values of inputs and weights.
    ///   - result: number of values of the result.
    package init(multiplyAdds: Int = 0, operands: Int, result: Int) {
        flops = 2 * Double(multiplyAdds)
        bytes = 4 * Double(operands + result)
        gradientBytes = 4 * Double(2 * operands + result)
    }
}
