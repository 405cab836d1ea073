/// Voxelwise quadratic regression of one contrast from others: the baseline that a network has to beat (METHOD §6).
public struct QuadraticRegression: Sendable, Codable, Equatable {
    /// Index of the predicted contrast.
    public var target: Int
    /// Indices of the contrasts predicted from, ascending.
    public var inputs: [Int]
    /// Weights of [1, x_a, x_b, …, x_a·x_a, x_a·x_b, …]: inputs ascending, pairs i ≤ j in lexicographic order.
    public var coefficients: [Double]

    public init(target: Int, inputs: [Int], coefficients: [Double]) {
        (self.target, self.inputs, self.coefficients) = (target, inputs, coefficients)
    }
}
