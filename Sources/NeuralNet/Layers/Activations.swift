import CKernels
import ElementaryFunctions
import Tensors

extension Tape {
    /// Leaky ReLU: x > 0 ? x : slope · x; slope 0 is the ReLU.
    ///
    /// - Precondition: slope ≥ 0, so that the sign of the output tells the sign of the input.
    package func leakyReLU(_ x: Variable, slope: Float) -> Variable {
        precondition(slope >= 0, "negative slope")
        let (shape, input) = (x.shape, x.value)
        let y = Tensor(shape)
        withPointers(to: input, y) { input, y in
            Parallel.forEachChunk(of: shape.rows, by: rowsPerChunk(shape.c)) { rows in
                ck_leaky_relu(
                    input.row(rows.lowerBound), input.stride64, slope, y.row(rows.lowerBound), y.stride64,
                    Int64(rows.count), Int64(shape.c))
            }
        }
        return record(y, from: x) { dy in
            let dx = Tensor(shape)
            withPointers(to: y, dy, dx) { y, dy, dx in
                Parallel.forEachChunk(of: shape.rows, by: rowsPerChunk(shape.c)) { rows in
                    ck_leaky_relu_backward(
                        y.row(rows.lowerBound), y.stride64, dy.row(rows.lowerBound), dy.stride64, slope,
                        dx.row(rows.lowerBound), dx.stride64, Int64(rows.count), Int64(shape.c))
                }
            }
            x.receive(dx)
        }
    }

    /// ReLU: max(0, x).
    package func relu(_ x: Variable) -> Variable { leakyReLU(x, slope: 0) }

    /// Logistic function 1 ÷ (1 + e⁻ˣ), for the few values of an attention gate.
    package func sigmoid(_ x: Variable) -> Variable {
        let input = x.value
        precondition(input.isContiguous, "sigmoid takes contiguous tensors")
        let y = Tensor(input.shape)
        withPointers(to: input, y) { input, y in
            for index in 0..<y.shape.count {
                y.pointer[index] = Float(1 / (1 + Elementary.exp(-Double(input.pointer[index]))))
            }
        }
        return record(y, from: x) { dy in
            let dx = Tensor(y.shape)
            let gradient = dy.array()
            withPointers(to: y, dx) { y, dx in
                for index in 0..<y.shape.count {
                    let s = y.pointer[index]
                    dx.pointer[index] = gradient[index] * s * (1 - s)
                }
            }
            x.receive(dx)
        }
    }

    /// Hyperbolic tangent, for the single channel that a generator ends in.
    package func tanh(_ x: Variable) -> Variable {
        let input = x.value
        let y = Tensor(input.shape)
        withPointers(to: input, y) { input, y in
            Parallel.forEachChunk(of: y.shape.rows, by: rowsPerChunk(y.shape.c)) { rows in
                for row in rows {
                    let (from, to) = (input.row(row), y.row(row))
                    for channel in 0..<y.shape.c {
                        to[channel] = Float(1 - 2 / (Elementary.exp(2 * Double(from[channel])) + 1))
                    }
                }
            }
        }
        return record(y, from: x) { dy in
            let dx = Tensor(y.shape)
            withPointers(to: y, dy, dx) { y, dy, dx in
                Parallel.forEachChunk(of: y.shape.rows, by: rowsPerChunk(y.shape.c)) { rows in
                    for row in rows {
                        let (value, upstream, to) = (y.row(row), dy.row(row), dx.row(row))
                        for channel in 0..<y.shape.c {
                            to[channel] = upstream[channel] * (1 - value[channel] * value[channel])
                        }
                    }
                }
            }
            x.receive(dx)
        }
    }
}
