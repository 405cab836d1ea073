extension QuadraticRegression {
    /// Normal equations of one regression, gathered over patients in double precision.
    public struct Accumulator: Sendable {
        private let target: Int
        private let inputs: [Int]
        private var cohort: CohortAccumulator

        /// Starts without any voxel.
        ///
        /// - Parameters:
        ///   - target: index of the contrast to predict.
        ///   - inputs: indices of the contrasts to predict from, ascending, not empty, without the target.
        public init(target: Int, inputs: [Int]) {
            precondition(!inputs.isEmpty && !inputs.contains(target), "regression inputs")
            precondition(zip(inputs, inputs.dropFirst()).allSatisfy { $0 < $1 }, "inputs must ascend")
            (self.target, self.inputs) = (target, inputs)
            cohort = CohortAccumulator(contrastCount: inputs.count + 1)
        }

        /// Adds the voxels of one patient where `included` is true.
        ///
        /// - Parameters:
        ///   - images: normalised intensities, one image per input in their order.
        ///   - truth: the target's normalised intensities, same layout.
        public mutating func add(inputs images: [[Float]], target truth: [Float], where included: [Bool]) {
            cohort.add(images: images + [truth], brain: included)
        }

        /// The least-squares fit, with a tiny ridge if the equations are singular; nil without voxels.
        public func solve() -> QuadraticRegression? {
            guard let fit = cohort.solve(target: inputs.count, inputs: Array(inputs.indices)) else { return nil }
            return QuadraticRegression(target: target, inputs: inputs, coefficients: fit.coefficients)
        }
    }
}
