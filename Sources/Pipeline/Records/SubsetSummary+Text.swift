import Metrics
import Records
import Reports

extension SubsetSummary {
    /// What each input adds, for people: one line per contrast, one column per input.
    package func text() -> String {
        let targets = order.filter { contrasts[$0] != nil }
        let inputs = order.filter { name in targets.contains { contrasts[$0]?.importance[name] != nil } }
        guard !inputs.isEmpty else { return "" }
        let lines =
            [["contrast"] + inputs.map { "+ \($0)" }]
            + targets.map { target in
                [target] + inputs.map { Metric.nmse.text(contrasts[target]?.importance[$0]?.meanGain[.nmse]) }
            }
        return "NMSE saved by each input, mean over the sets of other inputs that it joins:\n"
            + TextTable(lines, namedColumns: 1, leastWidths: [8]).text()
    }
}
