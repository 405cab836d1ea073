import Reports

extension ReportPages {
    /// The page about the subsets of the inputs.
    /// - Parameter subject: whom it is about, e.g. "patient26" or "12 patients".
    static func subsets(_ summary: SubsetSummary, of subject: String) -> SubsetReport {
        let targets = summary.order.compactMap { name in
            summary.contrasts[name].map { contrast in
                SubsetTarget(
                    name: name, rows: contrast.subsets.map(row),
                    gains: summary.order.compactMap { input in contrast.importance[input].map { gain(input, $0) } })
            }
        }
        return SubsetReport(
            subject: subject, contrasts: summary.order, targets: targets, patients: summary.patients.count,
            provenance: provenance(summary.model))
    }

    private static func row(_ subset: SubsetMeans) -> SubsetRow {
        var scores: [ScoreRow] = []
        func add(_ method: ScoreRow.Method, _ table: MeanTable, detail: String? = nil) {
            if table.values != nil { scores.append(row(method, { table[$0] }, detail: detail)) }
        }
        add(.network, subset.scores)
        add(.regression, subset.regression)
        let copies = subset.copies.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }.map(\.key)
        add(.copy, subset.copy, detail: copies.joined(separator: " or "))
        add(.zeroFill, subset.zeroFill)
        return SubsetRow(
            inputs: subset.inputs, patients: subset.patients, scores: scores,
            allInputs: subset.allInputs.values == nil ? nil : row(.network, { subset.allInputs[$0] }))
    }

    private static func gain(_ input: String, _ importance: ImportanceMeans) -> InputGain {
        func gains(_ region: String) -> InputGain.Numbers? {
            numbers({ importance.meanGain[$0] }, region).map {
                let lost = numbers({ importance.leaveOneOutGain[$0] }, region)
                return InputGain.Numbers(mean: $0, leaveOneOut: lost ?? ScoreNumbers())
            }
        }
        let none = InputGain.Numbers(mean: ScoreNumbers(), leaveOneOut: ScoreNumbers())
        return InputGain(input: input, whole: gains("") ?? none, lesion: gains("_lesion"))
    }
}
