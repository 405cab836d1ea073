import CKernels
import Tensors

extension Tape {
    /// a + b, e.g. a residual block and its input.
    package func add(_ a: Variable, _ b: Variable) -> Variable {
        let shape = a.shape
        precondition(b.shape == shape, "summands of different shapes")
        let y = Tensor(shape)
        write(a, into: y)
        withPointers(to: b.value, y) { b, y in
            Parallel.forEachChunk(of: shape.rows, by: rowsPerChunk(shape.c)) { rows in
                ck_axpy(
                    1, b.row(rows.lowerBound), b.stride64, y.row(rows.lowerBound), y.stride64, Int64(rows.count),
                    Int64(shape.c))
            }
        }
        return record(y, when: a.needsGradient || b.needsGradient) { dy in
            if a.needsGradient, b.needsGradient {
                let copy = Tensor(shape)
                self.write(Variable(dy), into: copy)
                a.receive(copy)
            } else {
                a.receive(dy)
            }
            b.receive(dy)
        }
    }

    private func write(_ x: Variable, into y: Tensor) {
        let values = x.value
        withPointers(to: values, y) { values, y in
            Parallel.forEachChunk(of: y.shape.rows, by: rowsPerChunk(y.shape.c)) { rows in
                ck_copy(
                    values.row(rows.lowerBound), values.stride64, y.row(rows.lowerBound), y.stride64,
                    Int64(rows.count), Int64(y.shape.c))
            }
        }
    }

    /// Every value times a factor of its own that gets no gradient.
    package func multiply(_ x: Variable, by factors: Tensor) -> Variable {
        let shape = x.shape
        precondition(factors.shape == shape, "one factor per value")
        func product(_ tensor: Tensor) -> Tensor {
            let result = Tensor(shape)
            withPointers(to: tensor, factors, result) { tensor, factors, result in
                Parallel.forEachChunk(of: shape.rows, by: rowsPerChunk(shape.c)) { rows in
                    let first = rows.lowerBound
                    ck_multiply(
                        tensor.row(first), tensor.stride64, factors.row(first), factors.stride64, result.row(first),
                        result.stride64, Int64(rows.count), Int64(shape.c))
                }
            }
            return result
        }
        return record(product(x.value), from: x) { dy in x.receive(product(dy)) }
    }
}
