import Metrics

/// One regression from its own contrasts alone, to compare those of the cohort with.
struct SingleRegression {
    private let target: Int
    private let inputs: [Int]
    private var cohort: QuadraticRegression.CohortAccumulator

    init(target: Int, inputs: [Int]) {
        (self.target, self.inputs) = (target, inputs)
        cohort = QuadraticRegression.CohortAccumulator(contrastCount: inputs.count + 1)
    }

    /// Adds the voxels of one patient where `included` is true: one image per input, and the target's.
    mutating func add(inputs images: [[Float]], target truth: [Float], where included: [Bool]) {
        cohort.add(images: images + [truth], brain: included)
    }

    func solve() -> QuadraticRegression? {
        guard let fit = cohort.solve(target: inputs.count, inputs: Array(inputs.indices)) else { return nil }
        return QuadraticRegression(target: target, inputs: inputs, coefficients: fit.coefficients)
    }
}
