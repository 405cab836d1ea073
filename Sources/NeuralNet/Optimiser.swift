import Tensors

/// Updates parameters by the gradients that they hold.
package protocol Optimiser: AnyObject {
    var parameters: [Parameter] { get }
    /// Number of updates so far.
    var step: Int { get set }
    /// What is remembered between updates, by name: one tensor per parameter, in its shape and layout.
    var state: [(name: String, tensors: [Tensor])] { get }

    /// One update with the gradients that the parameters hold, which are then set back to zero.
    func update(rate: Float)
}
