import Files
import Patients
import Preparation
import Records

/// What `prepare` does with a patient, judged before any voxel is read. The run and its plan share it.
enum PreparationDecision: Sendable {
    /// What an earlier run made stands.
    case skip(PreparedBefore, RawPatient)
    /// The patient cannot be used.
    case fail(CollaGANError, EarlierResult?)
    case work(PreparationWork)
}

/// A patient that is complete.
struct PreparedBefore: Sendable {
    let record: PreparationRecord
    let reason = "complete: made by an earlier run"
}

/// A patient that is to be prepared.
struct PreparationWork: Sendable {
    let raw: RawPatient
    let hashes: RawHashes
    /// Of an earlier result that will be replaced.
    let earlier: EarlierResult?
    /// Half a sentence for people.
    let reason: String
}

/// The rules by which patients are judged by `prepare` and its plan.
struct PreparationRules: Sendable {
    private let settings: RunSettings
    private let preparation: PreparationSettings
    /// The folder of results; it need not exist.
    private let output: String

    init(_ settings: RunSettings, _ preparation: PreparationSettings, output: String) {
        (self.settings, self.preparation, self.output) = (settings, preparation, output)
    }

    /// - Parameter readsNew: false for a look ahead: of a patient without an earlier record only headers are read.
    func decide(_ patient: Patient, readsNew: Bool = true) -> PreparationDecision {
        let path = "\(output)/\(ResultNames.preparation(in: patient.name))"
        let earlier = JSONFile.read(PreparationRecord.self, from: path)
        do throws(CollaGANError) {
            if let problem = patient.problem ?? ResultNames(patient).problem(preparation.contrasts) { throw problem }
            try OutputFolder.refuseLink(to: patient.name, in: output)
            let raw = try RawPatient(patient, preparation)
            let hashes = try RawHashes(raw, preparation, reads: readsNew || earlier != nil)
            guard let earlier else {
                return .work(
                    PreparationWork(
                        raw: raw, hashes: hashes, earlier: nil,
                        reason: "\(raw.names.joined(separator: ", ")) to be prepared"))
            }
            let isSame = earlier.fingerprint == hashes.fingerprint
            let isWhole = isSame && earlier.isIntact(in: output)
            if isWhole, !settings.overwrites { return .skip(PreparedBefore(record: earlier), raw) }
            return .work(
                PreparationWork(
                    raw: raw, hashes: hashes, earlier: EarlierResult(record: earlier, isOutdated: !isWhole),
                    reason: isWhole
                        ? "complete, to be made again"
                        : isSame
                            ? "files of an earlier run are gone or changed"
                            : "inputs or settings are not those of the earlier run"))
        } catch {
            return .fail(error, earlier.map { EarlierResult(record: $0, isOutdated: isOutdated($0, patient)) })
        }
    }

    /// Whether an earlier result of a patient that cannot be used is not of these inputs; false where they cannot be looked at.
    private func isOutdated(_ earlier: PreparationRecord, _ patient: Patient) -> Bool {
        guard let raw = try? RawPatient(patient, preparation), let hashes = try? RawHashes(raw, preparation) else {
            return false
        }
        return earlier.fingerprint != hashes.fingerprint || !earlier.isIntact(in: output)
    }
}
