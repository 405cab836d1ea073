/// What one input adds to an image made from several, told from the scores of the images made from every subset of the
/// inputs.
///
/// With A all inputs, n = |A| and v(S) the score of the image made from S (more is better):
///
/// mean gain of i = 1/(n−1) · Σ_{k=1}^{n−1} mean { v(S ∪ {i}) − v(S) : S ⊆ A∖{i}, |S| = k }
///
/// That is the Shapley value without its step from no input at all, in which every contrast gains about the same and
/// far more than in all others. Leave-one-out gain of i = v(A) − v(A∖{i}).
package struct InputImportance: Sendable, Equatable {
    /// Mean gain when the input joins others; negative where it does harm.
    package var meanGain: Double
    /// What is lost without the input when all others are there.
    package var leaveOneOutGain: Double

    /// - Parameters:
    ///   - input: one of `inputs`.
    ///   - inputs: all inputs, each once.
    ///   - value: v of some of the inputs, which come in the order of `inputs`; nil where there is no score.
    /// - Returns: nil with fewer than two inputs, or where a score that is needed does not exist or is not finite.
    package init?(of input: Int, among inputs: [Int], value: ([Int]) -> Double?) {
        let others = inputs.filter { $0 != input }
        guard !others.isEmpty, others.count < inputs.count else { return nil }
        func gain(_ subset: [Int]) -> Double {
            let joined = inputs.filter { $0 == input || subset.contains($0) }
            guard let with = value(joined), let without = value(subset) else { return .nan }
            return with - without
        }
        let means = Dictionary(grouping: Self.subsets(of: others), by: \.count).sorted { $0.key < $1.key }
            .map { $0.value.reduce(0) { $0 + gain($1) } / Double($0.value.count) }
        meanGain = means.reduce(0, +) / Double(means.count)
        leaveOneOutGain = gain(others)
        guard meanGain.isFinite, leaveOneOutGain.isFinite else { return nil }
    }

    /// Every subset that holds something: the small ones first, those of a size in lexicographic order, each in the
    /// order given.
    package static func subsets(of inputs: [Int]) -> [[Int]] {
        func choose(_ count: Int, from first: Int) -> [[Int]] {
            guard count > 0 else { return [[]] }
            return (first..<inputs.count).flatMap { at in
                choose(count - 1, from: at + 1).map { [inputs[at]] + $0 }
            }
        }
        return inputs.isEmpty ? [] : (1...inputs.count).flatMap { choose($0, from: 0) }
    }
}
