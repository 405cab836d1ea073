import CollaGAN
import Files
import Patients
import Preprocessing
import Records
import Tensors

/// The rules by which patients are judged, the same for `impute`, `evaluate`, `preprocess` and their plans.
struct PatientRules: Sendable {
    let settings: RunSettings
    let model: ModelRecord
    /// The folder of results; it need not exist.
    let output: String
    private let description: ModelDescription
    /// Of which everything is to be made; nil where the model chooses.
    private let source: Int?

    /// The model's contrasts.
    private var contrasts: [String] { description.contrasts }

    init(_ settings: RunSettings, _ model: ModelFile, output: String) {
        self.settings = settings
        self.model = ModelRecord(model)
        self.output = output
        (description, source) = (model.description, model.source)
    }

    /// Judges one patient by its names, its files' bytes and what an earlier run left.
    /// - Parameter readsNew: false for a look ahead: of files of a patient without an earlier record only the header is read, so that
    ///   the hashes and the fingerprint of its work mean nothing.
    func decide(_ patient: Patient, readsNew: Bool = true) -> PatientDecision {
        let earlier = earlierRecord(of: patient)
        do throws(CollaGANError) {
            if let problem = patient.problem ?? ResultNames(patient).problem(contrasts) { throw problem }
            try OutputFolder.refuseLink(to: ResultNames(patient).folder, in: output)
            if settings.mode == .evaluate, let problem = patient.lesionProblem { throw problem }
            let wanted = wanted(patient)
            let inputs = inputs(patient)
            guard !wanted.isEmpty else {
                // A contrast whose file is no image is not there.
                _ = try PatientGrids(inputs.contrastsOnly)
                return .skip(reason: nothingToDo(patient), nil)
            }
            if let source, settings.mode != .preprocess, !patient.available.contains(source) {
                throw CollaGANError(
                    .unusablePatient, path: patient.folder,
                    "\(patient.folder): lacks \(contrasts[source]), of which all is to be made; add it, or leave out --from"
                )
            }
            guard settings.mode != .evaluate || patient.available.count > 1 else {
                throw CollaGANError(
                    .unusablePatient, path: patient.folder,
                    "\(patient.folder): only \(names(patient.available)) is there, so nothing is left to impute it from;"
                        + " add a second contrast")
            }
            // Before anything is hashed, however large it is.
            let grids = try PatientGrids(inputs)
            try grids.check(Preprocessor(description), hiding: settings.mode == .evaluate ? wanted : [])
            let copies = try settings.copies.copies(for: patient)
            let hashes = try InputHashes(inputs, reads: readsNew || earlier != nil)
            return decide(wanted, inputs: inputs, grids: grids, hashes: hashes, copies: copies, earlier: earlier)
        } catch {
            return .fail(error, earlier.map { EarlierResult(record: $0, isOutdated: isOutdated($0, patient)) })
        }
    }

    /// What an earlier run of the same kind left of a patient.
    private func earlierRecord(of patient: Patient) -> (any ResultRecord)? {
        let names = ResultNames(patient)
        return settings.mode == .preprocess
            ? JSONFile.read(PreprocessingRecord.self, from: "\(output)/\(names.preprocessing)")
            : JSONFile.read(PatientRecord.self, from: "\(output)/\(names.metrics)")
    }

    private func inputs(_ patient: Patient) -> PatientInputs {
        PatientInputs(
            patient, contrastNames: contrasts, usesMask: settings.usesMasks, usesLesion: settings.mode == .evaluate)
    }

    /// Whether an earlier result of a patient that cannot be used is not of these inputs; false where they cannot be looked at.
    private func isOutdated(_ earlier: any ResultRecord, _ patient: Patient) -> Bool {
        guard patient.problem == nil, settings.mode == .preprocess || patient.lesionProblem == nil,
            let hashes = try? InputHashes(inputs(patient)), let copies = try? settings.copies.copies(for: patient)
        else { return false }
        return !isOf(hashes, copies, earlier) || !earlier.isIntact(in: output)
    }

    private func isOf(_ hashes: InputHashes, _ copies: PatientCopies, _ earlier: any ResultRecord) -> Bool {
        earlier.fingerprint == fingerprint(hashes, copies, earlier.made(of: contrasts), earlier.hasSubsets)
    }

    /// Judges what an earlier run left. Results of other targets stay: they are made again with the new ones, so that record
    /// and report cover all. So do subsets, unless results are to be replaced.
    private func decide(
        _ wanted: [Int], inputs: PatientInputs, grids: PatientGrids, hashes: InputHashes, copies: PatientCopies,
        earlier: (any ResultRecord)?
    ) -> PatientDecision {
        var targets = wanted
        var subsets = settings.mode == .evaluate && settings.evaluatesSubsets
        var reason = self.reason(wanted)
        var isOutdated = true
        if let earlier, isOf(hashes, copies, earlier) {
            let isWhole = earlier.isIntact(in: output)
            isOutdated = !isWhole
            let made = earlier.made(of: contrasts) ?? wanted
            let isComplete = Set(wanted).isSubset(of: made) && (earlier.hasSubsets || !subsets)
            if !settings.overwrites, isComplete, isWhole {
                return .skip(
                    reason: "complete: made by an earlier run\(onOtherSet(earlier))",
                    EarlierResult(record: earlier, isOutdated: false))
            }
            targets = Set(wanted + made).sorted()
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
                targets: targets, hasSubsets: subsets, inputs: inputs, grids: grids, hashes: hashes,
                copies: copies, fingerprint: fingerprint(hashes, copies, targets, subsets),
                earlier: earlier.map { EarlierResult(record: $0, isOutdated: isOutdated) },
                reason: reason))
    }

    private func reason(_ wanted: [Int]) -> String {
        switch settings.mode {
        case .impute: "\(names(wanted)) missing"
        case .evaluate: "\(names(wanted)) to be hidden and scored"
        case .preprocess, .prepare: "\(names(wanted)) to be written"
        }
    }

    /// Another instruction set's result stands as well as this one's would: they differ in the last bits.
    private func onOtherSet(_ earlier: any ResultRecord) -> String {
        let now = ComputingRecord.current(settings.precision).instructionSet
        guard let set = earlier.instructionSet, set != now else { return "" }
        return " with the instruction set \(set)"
    }

    /// - Parameter targets: nil where they do not matter.
    private func fingerprint(
        _ hashes: InputHashes, _ copies: PatientCopies, _ targets: [Int]?, _ subsets: Bool
    ) -> String {
        let masks = "masks \(settings.usesMasks)"
        guard settings.mode != .preprocess else {
            let crop = description.crop
            return hashes.fingerprint(
                ["preprocess", "\(crop.height)x\(crop.width)", "\(description.spacing)", masks])
        }
        return hashes.fingerprint(
            [settings.mode.rawValue, model.sha256, "targets \(names(targets ?? []))", masks]
                + (subsets ? ["subsets"] : []) + (source.map { ["from \(contrasts[$0])"] } ?? [])
                + (settings.precision == .float32 ? [] : [settings.precision.rawValue])
                + copies.fingerprint)
    }

    private func wanted(_ patient: Patient) -> [Int] {
        guard settings.mode != .preprocess else { return patient.available }
        let candidates = settings.mode == .impute ? patient.missing : patient.available.filter { $0 != source }
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
