import Metrics

/// A contrast synthesised from some of the other contrasts, scored against the truth next to what the same inputs give
/// without a network.
package struct SubsetRecord: Codable, Sendable, Equatable {
    /// Names of the contrasts that the network saw, in the model's order.
    package var inputs: [String]
    /// The network's; nil where nothing could be made of these inputs, `note` then says why.
    package var scores: Scores?
    /// The input whose plain copy is best.
    package var bestCopy: String?
    /// Scores of that copy.
    package var copy: Scores?
    /// nil if the model holds no regression for exactly these inputs.
    package var regression: Scores?
    package var note: String?

    package init(
        inputs: [String], scores: Scores? = nil, bestCopy: String? = nil, copy: Scores? = nil,
        regression: Scores? = nil,
        note: String? = nil
    ) {
        self.inputs = inputs
        self.scores = scores
        self.bestCopy = bestCopy
        self.copy = copy
        self.regression = regression
        self.note = note
    }
}

/// What an input adds to a synthesised contrast: how much the error falls or the likeness rises, so that more is
/// better.
package struct ImportanceRecord: Codable, Sendable, Equatable {
    /// Mean over all sets of other inputs that it joins, see `InputImportance`.
    package var meanGain = ScoreTable()
    /// With all inputs against all but this one.
    package var leaveOneOutGain = ScoreTable()

    package init() {}

    /// Of every input, from the scores of all subsets; empty with fewer than two inputs.
    package static func all(_ subsets: [SubsetRecord]) -> [String: ImportanceRecord] {
        let inputs = subsets.map(\.inputs).max { $0.count < $1.count } ?? []
        guard inputs.count > 1 else { return [:] }
        let places = Array(inputs.indices)
        let tables = Dictionary(subsets.map { ($0.inputs, $0.scores?.table) }) { first, _ in first }
        let scored = ScoreTable.places.filter { place in
            place.metric.better != .neither && subsets.contains { $0.scores?.table[place.key] != nil }
        }
        var records: [String: ImportanceRecord] = [:]
        for place in places {
            var record = ImportanceRecord()
            for (metric, _, key) in scored {
                let sign = metric.lessIsBetter ? -1.0 : 1
                let importance = InputImportance(of: place, among: places) { subset in
                    tables[subset.map { inputs[$0] }]??[key].map { sign * $0 }
                }
                record.meanGain[key] = importance?.meanGain
                record.leaveOneOutGain[key] = importance?.leaveOneOutGain
            }
            records[inputs[place]] = record
        }
        return records
    }
}
