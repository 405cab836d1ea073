import Metrics

/// A contrast synthesised from some of the other contrasts, scored against the truth next to what the same inputs give without a network.
package struct SubsetRecord: Codable, Sendable, Equatable {
    /// Names of the contrasts that the network saw, in the model's order.
    package var inputs: [String]
    /// The network's; nil where nothing could be made of these inputs, `note` then says why.
    package var scores: ScoreTable?
    /// The input whose plain copy is best.
    package var bestCopy: String?
    /// Scores of that copy.
    package var copy: ScoreTable?
    /// nil if the model holds no regression for exactly these inputs.
    package var regression: ScoreTable?
    package var note: String?
}

/// What an input adds to a synthesised contrast, under the keys of `ScoreTable`: how much the error falls (NMSE, MAE) or the likeness
/// rises (PSNR, SSIM), so that more is better. nil where it is undefined.
package struct ImportanceRecord: Codable, Sendable, Equatable {
    /// Mean over all sets of other inputs that it joins, see `InputImportance`.
    package var meanGain: [String: Double?]
    /// With all inputs against all but this one.
    package var leaveOneOutGain: [String: Double?]

    /// Of every input, from the scores of all subsets; empty with fewer than two inputs.
    static func all(_ subsets: [SubsetRecord]) -> [String: ImportanceRecord] {
        let inputs = subsets.map(\.inputs).max { $0.count < $1.count } ?? []
        guard inputs.count > 1 else { return [:] }
        let places = Array(inputs.indices)
        let tables = Dictionary(subsets.map { ($0.inputs, $0.scores) }) { first, _ in first }
        let keys = ScoreTable.keys.filter { key in subsets.contains { $0.scores?[key] != nil } }
        var records: [String: ImportanceRecord] = [:]
        for place in places {
            var record = ImportanceRecord(meanGain: [:], leaveOneOutGain: [:])
            for key in keys {
                let sign = ScoreTable.isError(key) ? -1.0 : 1
                let importance = InputImportance(of: place, among: places) { subset in
                    tables[subset.map { inputs[$0] }]??[key].map { sign * $0 }
                }
                record.meanGain[key] = .some(importance?.meanGain)
                record.leaveOneOutGain[key] = .some(importance?.leaveOneOutGain)
            }
            records[inputs[place]] = record
        }
        return records
    }
}
