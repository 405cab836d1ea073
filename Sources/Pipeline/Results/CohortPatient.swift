import Records
import Reports

extension CohortPatient {
    /// One patient's line on the page about a run.
    init(_ entry: RunManifest.Entry, _ record: PatientRecord?, report: String?, order: [String]) {
        let status: Status =
            switch entry.status {
            case .done: .done
            case .skipped: record == nil ? .skipped : .done
            case .failed: .failed
            case .pending, .running: .pending
            }
        self.init(
            name: entry.name, status: status, reason: entry.reason, warnings: entry.warnings,
            report: record == nil ? nil : report, seconds: entry.status == .done ? entry.seconds : nil,
            contrasts: record?.withoutDetails.contrasts(in: order) ?? [])
    }
}

extension PatientRecord {
    /// What the page about a run shows: a long run holds it of every patient.
    fileprivate var withoutDetails: PatientRecord {
        var record = self
        record.contrasts = contrasts.mapValues { contrast in
            var contrast = contrast
            (contrast.subsets, contrast.importance) = (nil, nil)
            contrast.scores = contrast.scores?.withoutSlices
            contrast.baselines?.keepBestCopy()
            return contrast
        }
        return record
    }
}

extension BaselineRecord {
    fileprivate mutating func keepBestCopy() { copies = copies.filter { $0.key == bestCopy } }
}
