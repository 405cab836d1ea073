import Tensors

/// A float64 batch of images N,H,W,C: what the naive twins compute with.
package struct Reference: Sendable, Equatable {
    package var shape: Shape
    /// In N,H,W,C order, without gaps.
    package var values: [Double]

    package init(_ shape: Shape, _ values: [Double]) {
        precondition(values.count == shape.count, "value count does not match the shape")
        (self.shape, self.values) = (shape, values)
    }

    /// All zeros.
    package init(_ shape: Shape) {
        self.init(shape, Array(repeating: 0, count: shape.count))
    }

    /// The value at image n, line y, column x, channel c.
    package subscript(n: Int, y: Int, x: Int, c: Int) -> Double {
        get { values[((n * shape.h + y) * shape.w + x) * shape.c + c] }
        set { values[((n * shape.h + y) * shape.w + x) * shape.c + c] = newValue }
    }

    /// Each value replaced by `body` of it.
    package func mapped(_ body: (Double) -> Double) -> Reference {
        Reference(shape, values.map(body))
    }
}

/// ‖values − reference‖ ÷ ‖reference‖ (L2); the difference itself where the reference is all zeros, infinity where
/// counts differ.
package func relativeError(_ values: [Float], _ reference: [Double]) -> Double {
    guard values.count == reference.count else { return .infinity }
    var (difference, norm) = (0.0, 0.0)
    for (a, b) in zip(values, reference) {
        difference += (Double(a) - b) * (Double(a) - b)
        norm += b * b
    }
    return norm == 0 ? difference.squareRoot() : (difference / norm).squareRoot()
}
