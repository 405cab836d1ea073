import Files
import Patients
import Records

extension Runner {
    /// What ``run(writesPreprocessed:)`` would do now. Writes nothing and reads no voxels.
    /// - Throws: `CollaGANError` where the run could not start: a folder of results that cannot be made or written to, or that
    ///   holds another command's results.
    package func plan() throws(CollaGANError) -> RunPlan {
        let output = FilePath.absolute(settings.output)
        try OutputFolder.checkWritable(settings.output)
        try OutputFolder.refuseOthers(
            in: output, than: settings.mode.rawValue, part: part, overwrites: settings.overwrites)
        let record = ModelRecord(model)
        let rules = PatientRules(settings, model, output: output)
        let budget = MemoryBudget(settings.memory)
        let entries = patients.enumerated().map { index, patient in
            console.progress("[\(index + 1)/\(patients.count)] \(patient.name)")
            return entry(patient, rules, budget)
        }
        return RunPlan(settings, record, entries, of: cohort.count, leftOut: leftOut)
    }

    private func entry(_ patient: Patient, _ rules: PatientRules, _ budget: MemoryBudget) -> RunPlan.Entry {
        switch rules.decide(patient, readsNew: false) {
        case .skip(let reason, _): return entry(patient, action: .skip, reason: reason)
        case .fail(let error, let earlier):
            return entry(patient, action: .fail, reason: error.reason(earlierIsOutdated: earlier?.isOutdated))
        case .work(let work):
            let estimate = MemoryEstimate(work.grids, model, hidesContrasts: settings.mode == .evaluate)
            do throws(CollaGANError) {
                try budget.require(estimate.total, for: patient)
            } catch {
                return entry(patient, action: .fail, reason: error.reason(earlierIsOutdated: work.earlier?.isOutdated))
            }
            return entry(
                patient, action: RunPlan.Action(settings.mode), reason: work.reason, work: work, memory: estimate.total)
        }
    }

    private func entry(
        _ patient: Patient, action: RunPlan.Action, reason: String, work: PatientWork? = nil, memory: Int? = nil
    ) -> RunPlan.Entry {
        let contrasts = model.description.contrasts
        func role(_ path: String) -> String? {
            if let index = patient.contrasts.firstIndex(of: path) { return contrasts[index] }
            return path == patient.brainMask ? "brainmask" : path == patient.lesion ? "lesion" : nil
        }
        var (files, others) = ([RunPlan.File](), [RunPlan.File]())
        for recognition in patient.recognitions {
            let known = role(recognition.path)
            let name = known ?? (recognition.role == .ownOutput ? "imputed" : "unrecognised")
            let file = RunPlan.File(role: name, path: recognition.path, reason: recognition.reason)
            if known == nil { others.append(file) } else { files.append(file) }
        }
        return RunPlan.Entry(
            name: patient.name, folder: patient.folder, layout: patient.layout, action: action, reason: reason,
            targets: work?.targets.map { contrasts[$0] } ?? [], available: patient.available.map { contrasts[$0] },
            subsets: work?.hasSubsets ?? false, memory: memory, files: files, unrecognised: others,
            warnings: patient.warnings)
    }
}
