/// The order of φ = [x_0 … x_{N−1}, x_i·x_j for i ≤ j in lexicographic order, brain] (method.md §10).
package struct RegressionFeatures: Sendable, Equatable {
    /// N.
    package let contrasts: Int

    package init(contrasts: Int) {
        self.contrasts = contrasts
    }

    /// Length of φ.
    package var count: Int { contrasts + contrasts * (contrasts + 1) / 2 + 1 }

    /// Place of the brain; that of x_i is i.
    package var brain: Int { count - 1 }

    /// Place of x_i·x_j.
    ///
    /// - Precondition: i ≤ j < N.
    package func product(_ i: Int, _ j: Int) -> Int {
        precondition(i <= j && j < contrasts, "products come once, the smaller contrast first")
        return contrasts + i * contrasts - i * (i - 1) / 2 + j - i
    }
}
