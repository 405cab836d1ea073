import CKernels
import Tensors

/// A value in a computation, and the gradient of the loss with respect to it once `Tape.backward` has passed.
package final class Variable {
    /// The values as they lie in memory: before `activation`, if there is one.
    let raw: Tensor
    /// What the values still go through when they are read.
    let activation: ChannelActivation?
    package private(set) var gradient: Tensor?
    /// False for data: nothing is computed for it on the way back.
    package let needsGradient: Bool

    package init(_ value: Tensor, needsGradient: Bool = false) {
        (raw, activation, self.needsGradient) = (value, nil, needsGradient)
    }

    init(raw: Tensor, activation: ChannelActivation?, needsGradient: Bool) {
        (self.raw, self.activation, self.needsGradient) = (raw, activation, needsGradient)
    }

    package var shape: Shape { raw.shape }
    /// The values; computed anew each time where an activation is pending.
    package var value: Tensor { activation?.applied(to: raw) ?? raw }

    /// Adds a contribution to the gradient. The first one is kept as it is, so it must not be used elsewhere
    /// afterwards.
    func receive(_ contribution: Tensor) {
        guard needsGradient else { return }
        precondition(contribution.shape == shape, "gradient and value differ in shape")
        guard let gradient else {
            self.gradient = contribution
            return
        }
        withPointers(to: contribution, gradient) { contribution, gradient in
            Parallel.forEachChunk(of: shape.rows, by: rowsPerChunk(shape.c)) { rows in
                ck_axpy(
                    1, contribution.row(rows.lowerBound), contribution.stride64, gradient.row(rows.lowerBound),
                    gradient.stride64, Int64(rows.count), Int64(shape.c))
            }
        }
    }

    /// Hands the gradient to the operation that made this value; it is not kept.
    func takeGradient() -> Tensor? {
        defer { gradient = nil }
        return gradient
    }
}

/// Rows of `width` floats that make a chunk worth a thread's while: about 64 KiB.
func rowsPerChunk(_ width: Int) -> Int { max(1, 16384 / max(1, width)) }
