import CKernels
import ElementaryFunctions
import Foundation
import Tensors

extension Tape {
    /// Mean absolute error: mean |x − truth|.
    package func meanAbsoluteError(_ x: Variable, _ truth: Tensor) -> Variable {
        let (shape, input) = (x.shape, x.value)
        precondition(truth.shape == shape, "the truth has another shape")
        let bands = (shape.rows + 4095) / 4096
        var sums = [Double](repeating: 0, count: bands)
        sums.withUnsafeMutableBufferPointer { sums in
            withPointers(to: input, truth) { input, truth in
                Parallel.forEachChunk(of: shape.rows, by: 4096) { rows in
                    ck_absolute_difference(
                        input.row(rows.lowerBound), input.stride64, truth.row(rows.lowerBound), truth.stride64,
                        Int64(rows.count), Int64(shape.c), sums.baseAddress! + rows.lowerBound / 4096)
                }
            }
        }
        return scalar(sums.reduce(0, +) / Double(shape.count), from: x) { upstream in
            let share = upstream / Float(shape.count)
            x.receive(elementwise(x.value, truth) { a, b in a > b ? share : (a < b ? -share : 0) })
        }
    }

    /// Mean squared error: mean (x − truth)².
    package func meanSquaredError(_ x: Variable, _ truth: Tensor) -> Variable {
        let shape = x.shape
        precondition(truth.shape == shape, "the truth has another shape")
        let total = zip(x.value.array(), truth.array()).reduce(0.0) { sum, pair in
            let difference = Double(pair.0) - Double(pair.1)
            return sum + difference * difference
        }
        return scalar(total / Double(shape.count), from: x) { upstream in
            let share = 2 * upstream / Float(shape.count)
            x.receive(elementwise(x.value, truth) { a, b in share * (a - b) })
        }
    }

    /// Mean squared distance from a constant, mean (x − value)²: the least-squares GAN's terms.
    ///
    /// Source: Mao et al., ICCV 2017, arXiv:1611.04076.
    package func meanSquaredError(_ x: Variable, from value: Float) -> Variable {
        let shape = x.value.shape
        let total = x.value.array().reduce(0.0) { sum, element in
            let difference = Double(element) - Double(value)
            return sum + difference * difference
        }
        return scalar(total / Double(shape.count), from: x) { upstream in
            let share = 2 * upstream / Float(shape.count)
            x.receive(elementwise(x.value, x.value) { a, _ in share * (a - value) })
        }
    }

    /// Mean of all values: the Wasserstein distance's terms (Arjovsky, Chintala, Bottou, ICML 2017, arXiv:1701.07875).
    package func mean(_ x: Variable) -> Variable {
        let shape = x.shape
        let total = x.value.array().reduce(0.0) { $0 + Double($1) }
        return scalar(total / Double(shape.count), from: x) { upstream in
            x.receive(Tensor(shape, filledWith: upstream / Float(shape.count)))
        }
    }

    /// Cross-entropy of logits N,1,1,K with class indices, averaged over the batch: mean −log softmax(x)[class].
    package func crossEntropy(_ logits: Variable, classes: [Int]) -> Variable {
        let shape = logits.value.shape
        precondition(shape.n == classes.count && shape.pixels == 1, "one row of logits per class index")
        let logitValues = logits.value.array()
        var probabilities = [Float](repeating: 0, count: shape.count)
        var total = 0.0
        for (row, target) in classes.enumerated() {
            let values = (0..<shape.c).map { Double(logitValues[row * shape.c + $0]) }
            let peak = values.max()!
            let sum = values.reduce(0) { $0 + Elementary.exp($1 - peak) }
            total += Elementary.log(sum) + peak - values[target]
            for channel in 0..<shape.c {
                probabilities[row * shape.c + channel] = Float(Elementary.exp(values[channel] - peak) / sum)
            }
        }
        return scalar(total / Double(shape.n), from: logits) { [probabilities] upstream in
            var gradient = probabilities
            for (row, target) in classes.enumerated() {
                for channel in 0..<shape.c {
                    let share = probabilities[row * shape.c + channel] - (channel == target ? 1 : 0)
                    gradient[row * shape.c + channel] = upstream * share / Float(shape.n)
                }
            }
            logits.receive(Tensor(shape, gradient))
        }
    }

    /// Σ weight · term over scalars; a term of weight 0 gets no gradient.
    package func weightedSum(_ terms: [(weight: Float, term: Variable)]) -> Variable {
        let total = terms.reduce(0.0) { $0 + Double($1.weight) * Double($1.term.value.item) }
        let value = Tensor(Shape(1, 1, 1, 1), [Float(total)])
        return record(value, when: terms.contains { $0.term.needsGradient }) { dy in
            for (weight, term) in terms where weight != 0 {
                term.receive(Tensor(Shape(1, 1, 1, 1), [weight * dy.item]))
            }
        }
    }

    func scalar(_ value: Double, from x: Variable, gradient: @escaping (_ upstream: Float) -> Void) -> Variable {
        record(Tensor(Shape(1, 1, 1, 1), [Float(value)]), from: x) { dy in gradient(dy.item) }
    }
}

private func elementwise(_ a: Tensor, _ b: Tensor, _ body: (Float, Float) -> Float) -> Tensor {
    let shape = a.shape
    let result = Tensor(shape)
    withPointers(to: a, b, result) { a, b, result in
        for row in 0..<shape.rows {
            let (x, y, z) = (a.row(row), b.row(row), result.row(row))
            for channel in 0..<shape.c { z[channel] = body(x[channel], y[channel]) }
        }
    }
    return result
}
