import Files
import Foundation
import Patients
import Preprocessing
import Records
import Tensors

/// What a run does with a patient, judged before any voxel is read. The run and its plan share it.
enum PatientDecision: Sendable {
    /// There is nothing to do; the record of an earlier result, if it stands for this run's, too.
    case skip(reason: String, record: PatientRecord?)
    /// The patient cannot be used.
    case fail(CollaGANError, EarlierRecord?)
    case work(PatientWork)
}

/// The record of an earlier result of a patient that now cannot be used or is worked on again.
struct EarlierRecord: Sendable {
    let record: PatientRecord
    /// Whether it is known that this run would make something else: inputs, model or settings differ, or files are damaged. What is not
    /// outdated stays where a patient fails: a disk that is away for a night, or too little memory, cost nothing that was complete.
    let isOutdated: Bool
}

extension CollaGANError {
    /// What is said of a patient that fails.
    /// - Parameter isOutdated: of an earlier result; nil where there is none.
    func reason(earlierIsOutdated isOutdated: Bool?) -> String {
        guard let isOutdated else { return message }
        return message
            + " (the \(isOutdated ? "outdated result of an earlier run is removed" : "result of an earlier run is kept"))"
    }
}

/// What is to be synthesised for a patient.
struct PatientWork: Sendable {
    /// Indices of the contrasts, in the model's order.
    let targets: [Int]
    /// Whether every subset of the inputs is evaluated, too.
    let hasSubsets: Bool
    let grids: PatientGrids
    let hashes: InputHashes
    /// By which a later run knows that inputs, model and settings are the same.
    let fingerprint: String
    /// Of an earlier result that will be replaced.
    let earlier: EarlierRecord?
    /// Why there is something to do, half a sentence for people.
    let reason: String
}

/// The rules by which patients are judged.
struct PatientRules: Sendable {
    let settings: RunSettings
    let model: ModelRecord
    /// The folder of results; it need not exist.
    let output: String
    private let preprocessor: Preprocessor
    /// The model's contrasts.
    private let contrasts: [String]

    init(_ settings: RunSettings, _ model: ModelFile, output: String) {
        (self.settings, self.model, self.output) = (settings, ModelRecord(model), output)
        preprocessor = Preprocessor(model.description)
        contrasts = model.description.contrasts
    }

    /// Judges one patient by its names, its files' bytes and what an earlier run left.
    /// - Parameter readsNew: false for a look ahead: of files of a patient without an earlier record only the header is read, so that
    ///   the hashes and the fingerprint of its work mean nothing.
    func decide(_ patient: Patient, readsNew: Bool = true) -> PatientDecision {
        let earlier = JSONFile.read(PatientRecord.self, from: "\(output)/\(ResultNames(patient).metrics)")
        do throws(CollaGANError) {
            if let problem = patient.problem ?? ResultNames(patient).problem(contrasts) { throw problem }
            try OutputFolder.refuseLink(to: ResultNames(patient).folder, in: output)
            if settings.mode == .evaluate, let problem = patient.lesionProblem { throw problem }
            let wanted = wanted(patient)
            guard !wanted.isEmpty else {
                // A contrast whose file is no image is not there.
                _ = try PatientGrids(patient, usesMask: false, usesLesion: false)
                return .skip(reason: nothingToDo(patient), record: nil)
            }
            guard settings.mode == .impute || patient.available.count > 1 else {
                throw CollaGANError(
                    .unusablePatient, path: patient.folder,
                    "\(patient.folder): only \(names(patient.available)) is there, so nothing is left to impute it from;"
                        + " add a second contrast")
            }
            // Before anything is hashed, however large it is.
            let isEvaluated = settings.mode == .evaluate
            let grids = try PatientGrids(patient, usesMask: settings.usesMasks, usesLesion: isEvaluated)
            try grids.check(preprocessor, hiding: isEvaluated ? wanted : [])
            return decide(wanted, grids, try hashes(patient, reads: readsNew || earlier != nil), earlier)
        } catch {
            return .fail(error, earlier.map { EarlierRecord(record: $0, isOutdated: isOutdated($0, patient)) })
        }
    }

    private func hashes(_ patient: Patient, reads: Bool) throws(CollaGANError) -> InputHashes {
        try InputHashes(
            patient, contrastNames: contrasts, usesMask: settings.usesMasks, usesLesion: settings.mode == .evaluate,
            reads: reads)
    }

    /// Whether an earlier result of a patient that cannot be used is not of these inputs; false where they cannot be looked at.
    private func isOutdated(_ earlier: PatientRecord, _ patient: Patient) -> Bool {
        guard patient.problem == nil, patient.lesionProblem == nil, let hashes = try? hashes(patient, reads: true)
        else { return false }
        return !isOf(hashes, earlier) || !earlier.isIntact(in: output)
    }

    private func isOf(_ hashes: InputHashes, _ earlier: PatientRecord) -> Bool {
        earlier.fingerprint == fingerprint(hashes, made(earlier), earlier.hasSubsets)
    }

    /// Judges what an earlier run left. Results of other targets stay: they are made again with the new ones, so that record
    /// and report cover all. So do subsets, unless results are to be replaced.
    private func decide(
        _ wanted: [Int], _ grids: PatientGrids, _ hashes: InputHashes, _ earlier: PatientRecord?
    ) -> PatientDecision {
        var (targets, subsets) = (wanted, settings.mode == .evaluate && settings.evaluatesSubsets)
        var reason = "\(names(wanted)) \(settings.mode == .impute ? "missing" : "to be hidden and scored")"
        var isOutdated = true
        if let earlier, isOf(hashes, earlier) {
            let isWhole = earlier.isIntact(in: output)
            isOutdated = !isWhole
            let isComplete = Set(wanted).isSubset(of: made(earlier)) && (earlier.hasSubsets || !subsets)
            if !settings.overwrites, isComplete, isWhole {
                return .skip(reason: "complete: made by an earlier run\(onOtherSet(earlier))", record: earlier)
            }
            targets = Set(wanted + made(earlier)).sorted()
            subsets = subsets || earlier.hasSubsets && !settings.overwrites
            reason =
                settings.overwrites
                ? "complete, to be made again"
                : isWhole ? "an earlier run made only a part" : "files of an earlier run are gone or changed"
        } else if earlier != nil {
            reason = "inputs, model or settings are not those of the earlier run"
        }
        return .work(
            PatientWork(
                targets: targets, hasSubsets: subsets, grids: grids, hashes: hashes,
                fingerprint: fingerprint(hashes, targets, subsets),
                earlier: earlier.map { EarlierRecord(record: $0, isOutdated: isOutdated) }, reason: reason))
    }

    /// Another instruction set's result stands as well as this one's would: they differ in the last bits.
    private func onOtherSet(_ earlier: PatientRecord) -> String {
        guard let set = earlier.computed?.instructionSet, set != ComputingRecord.current.instructionSet else {
            return ""
        }
        return " with the instruction set \(set)"
    }

    private func fingerprint(_ hashes: InputHashes, _ targets: [Int], _ subsets: Bool) -> String {
        hashes.fingerprint(
            [settings.mode.rawValue, model.sha256, "targets \(names(targets))", "masks \(settings.usesMasks)"]
                + (subsets ? ["subsets"] : []))
    }

    /// The contrasts that a record is about, in the model's order.
    private func made(_ record: PatientRecord) -> [Int] {
        contrasts.indices.filter { record.contrasts[contrasts[$0]] != nil }
    }

    private func wanted(_ patient: Patient) -> [Int] {
        let candidates = settings.mode == .impute ? patient.missing : patient.available
        guard let targets = settings.targets else { return candidates }
        return candidates.filter { targets.contains(contrasts[$0]) }
    }

    private func nothingToDo(_ patient: Patient) -> String {
        patient.missing.isEmpty
            ? "complete: no contrast is missing"
            : "none of the contrasts asked for is \(settings.mode == .impute ? "missing" : "there")"
    }

    private func names(_ indices: [Int]) -> String {
        indices.map { contrasts[$0] }.joined(separator: ", ")
    }
}
