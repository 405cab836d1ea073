import Records

/// The page about the subsets of the inputs; `html()` lays it out.
package struct SubsetReport: Sendable {
    /// Whom the page is about, e.g. "patient26" or "12 patients".
    package let subject: String
    package let summary: SubsetSummary
    /// One entry per synthesised contrast, in the model's order.
    let targets: [SubsetTarget]

    package init(_ summary: SubsetSummary, of subject: String) {
        (self.subject, self.summary) = (subject, summary)
        targets = summary.order.compactMap { name in
            summary.contrasts[name].map { contrast in
                SubsetTarget(
                    name: name, rows: contrast.subsets,
                    gains: summary.order.compactMap { input in contrast.importance[input].map { (input, $0) } })
            }
        }
    }

    /// All contrasts, in the model's order.
    var contrasts: [String] { summary.order }
    /// How many patients the numbers are means of.
    var patients: Int { summary.patients.count }
    var provenance: Provenance { Provenance(model: summary.model) }
}

/// One contrast, synthesised from every subset of the others.
struct SubsetTarget: Sendable {
    /// E.g. "FLAIR".
    let name: String
    /// One entry per subset.
    let rows: [SubsetMeans]
    /// By input, in the model's order; empty where there is only one.
    let gains: [(input: String, means: ImportanceMeans)]

    /// From all inputs.
    var fullest: SubsetMeans? { rows.max { $0.inputs.count < $1.inputs.count } }
}
