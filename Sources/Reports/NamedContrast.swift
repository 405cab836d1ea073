import Records

/// One imputed contrast of a patient as pages show it.
package struct NamedContrast: Sendable {
    /// E.g. "FLAIR".
    package let name: String
    package let record: ContrastRecord
    /// By available contrast, in the model's order; empty where the self-check was not run.
    let selfCheck: [(contrast: String, record: SelfCheckRecord)]
    /// Empty where there is no truth to compare with.
    let rows: [ScoreRow]

    /// - Parameter order: the model's contrasts.
    package init(_ name: String, _ record: ContrastRecord, order: [String]) {
        (self.name, self.record, rows) = (name, record, record.rows)
        selfCheck = order.compactMap { contrast in record.selfCheck[contrast].map { (contrast, $0) } }
    }

    /// Names of the contrasts of which the self-check says so.
    func checked(as verdict: SelfCheckRecord.Verdict) -> [String] {
        selfCheck.filter { $0.record.verdict == verdict }.map(\.contrast)
    }
}

extension PatientRecord {
    /// The imputed contrasts in the model's order.
    package func contrasts(in order: [String]) -> [NamedContrast] {
        order.compactMap { name in contrasts[name].map { NamedContrast(name, $0, order: order) } }
    }
}
