import Metrics
import TestSupport
import Testing

@Suite struct InputImportanceTests {
    /// −NMSE, in thousandths, of an image from some of the inputs 0, 2 and 3.
    private let values: [[Int]: Double] = [
        [0]: -80, [2]: -60, [3]: -100, [0, 2]: -50, [0, 3]: -70, [2, 3]: -40, [0, 2, 3]: -30,
    ]

    @Test func equalsTheHandComputed() throws {
        let inputs = [0, 2, 3]
        let first = try #require(InputImportance(of: 0, among: inputs) { values[$0] })
        // Joining one: (−50 + 60 − 70 + 100) / 2 = 20; joining two: −30 + 40 = 10; their mean is 15.
        #expect(first == InputImportance(of: 0, among: inputs) { values[$0] })
        #expect(first.meanGain == 15 && first.leaveOneOutGain == 10)
        let second = try #require(InputImportance(of: 2, among: inputs) { values[$0] })
        // Joining one: (−50 + 80 − 40 + 100) / 2 = 45; joining two: −30 + 70 = 40.
        #expect(second.meanGain == 42.5 && second.leaveOneOutGain == 40)
        let third = try #require(InputImportance(of: 3, among: inputs) { values[$0] })
        // Joining one: (−70 + 80 − 40 + 60) / 2 = 15; joining two: −30 + 50 = 20.
        #expect(third.meanGain == 17.5 && third.leaveOneOutGain == 20)
    }

    @Test func isTheShapleyValueWithoutItsFirstStep() throws {
        // Over all orders: the mean of what the input adds at its place; here only where it does not come first.
        var generator = SplitMix64(seed: 3)
        let inputs = [1, 4, 5, 7]
        var scores: [[Int]: Double] = [:]
        for subset in InputImportance.subsets(of: inputs) { scores[subset] = Double(generator.unit()) }
        func orders(_ rest: [Int]) -> [[Int]] {
            rest.isEmpty ? [[]] : rest.flatMap { head in orders(rest.filter { $0 != head }).map { [head] + $0 } }
        }
        for input in inputs {
            var steps: [Double] = []
            for order in orders(inputs) {
                let before = order.prefix { $0 != input }.sorted()
                guard !before.isEmpty else { continue }
                let with = try #require(scores[(before + [input]).sorted()])
                steps.append(with - (try #require(scores[before])))
            }
            let importance = try #require(InputImportance(of: input, among: inputs) { scores[$0] })
            #expect(abs(importance.meanGain - steps.reduce(0, +) / Double(steps.count)) < 1e-12)
        }
    }

    @Test func oneInputOrAMissingScoreGivesNone() {
        #expect(InputImportance(of: 0, among: [0]) { _ in 1 } == nil)
        #expect(InputImportance(of: 1, among: [0, 2, 3]) { values[$0] } == nil)
        for missing in [nil, Double.nan, .infinity] {
            #expect(InputImportance(of: 0, among: [0, 2]) { $0 == [2] ? missing : 1 } == nil)
        }
    }

    @Test func subsetsInTheirOrder() {
        #expect(InputImportance.subsets(of: []).isEmpty)
        #expect(InputImportance.subsets(of: [2]) == [[2]])
        #expect(InputImportance.subsets(of: [0, 2, 3]) == [[0], [2], [3], [0, 2], [0, 3], [2, 3], [0, 2, 3]])
        #expect(InputImportance.subsets(of: [0, 1, 2, 3, 4]).count == 31)
    }
}
