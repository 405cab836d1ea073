import CollaGAN
import Files
import Foundation
import Patients
import Preprocessing
import Records
import Tensors
import Volumes

/// Writes what the network would see of every patient.
package struct PreprocessRunner: Sendable {
    private let settings: RunSettings
    private let model: ModelFile
    private let console: Console
    private let patients: [Patient]
    private let cohort: [String]

    /// The patients of a run.
    /// - Parameter output: folder for the results; nil for the run's own.
    package init(of runner: Runner, into output: String? = nil) {
        model = runner.model
        console = runner.console
        (patients, cohort) = (runner.patients, runner.cohort)
        var settings = runner.settings
        settings.mode = .preprocess
        settings.output = output ?? settings.output
        self.settings = settings
    }

    /// Works through all patients. SIGINT and SIGTERM end the process cleanly with 130 and 143.
    /// - Returns: what `run.json` holds at the end.
    /// - Throws: `CollaGANError.Code.unwritable` if the folder of results cannot be made or written to, `.busy` if another process
    ///   is writing there, `.badConfiguration` if it holds results that this run's do not mix with.
    package func run(on disk: Disk = .current) throws(CollaGANError) -> RunManifest {
        let folder = try OutputFolder(settings, part: settings.selection.identity(cohort: cohort), on: disk, console)
        defer { folder.release() }
        let started = Locked<RunJournal?>(nil)
        let interruption = Interruption(of: started, in: folder, overwrites: settings.overwrites, console)
        defer { interruption.end() }
        let journal = try RunJournal(
            RunManifest(settings, model, patients, cohort: cohort, part: folder.part), in: folder)
        started.withLock { $0 = journal }
        do throws(CollaGANError) {
            try work(folder, journal)
            try journal.finish()
        } catch {
            throw journal.manifest.state == .stopped ? error : journal.stop(error)
        }
        return journal.manifest
    }

    private func work(_ folder: OutputFolder, _ journal: RunJournal) throws(CollaGANError) {
        let rules = PatientRules(settings, model, output: folder.path)
        let budget = MemoryBudget(settings.memory)
        let progress = RunProgress(patients.map(\.name), console)
        for (index, patient) in patients.enumerated() {
            try journal.begin(index)
            progress.reading(index)
            switch rules.decide(patient) {
            case .skip(let reason, let earlier):
                try journal.describeDataset(of: patient)
                try journal.skip(
                    index, reason: reason, files: earlier?.record.files ?? [],
                    warnings: earlier?.record.allWarnings ?? [])
            case .fail(let error, let earlier):
                try journal.failUnlessLost(
                    index, error, earlier: earlier, stale: stale(patient, earlier), console)
            case .work(let work):
                var earlier = work.earlier
                do throws(CollaGANError) {
                    let record = try preprocess(index, work: work, journal: journal, budget: budget)
                    // From here on what an earlier run made is replaced.
                    earlier?.isOutdated = true
                    try journal.commit(
                        index, files: record.files, stale: stale(patient, earlier), warnings: record.warnings)
                    for warning in record.warnings { console.warning("\(patient.name): \(warning)") }
                    console.info("[\(index + 1)/\(patients.count)] \(patient.name): done")
                } catch {
                    try journal.failUnlessLost(
                        index, error, earlier: earlier, stale: stale(patient, earlier), console)
                }
            }
        }
    }

    /// What an earlier run may have left of a patient.
    private func stale(_ patient: Patient, _ earlier: EarlierResult?) -> [String] {
        let contrasts = model.description.contrasts + ["brainmask"]
        let names = ResultNames(patient)
        return names.images(contrasts, kind: "preprocessed") + (earlier?.record.files ?? []) + [names.preprocessing]
    }

    /// Makes a patient's files, which then wait to be put in place.
    private func preprocess(
        _ index: Int, work: PatientWork, journal: RunJournal, budget: MemoryBudget
    ) throws(CollaGANError) -> PreprocessingRecord {
        let description = model.description
        let patient = work.inputs.patient
        let names = ResultNames(patient)
        let estimate = MemoryEstimate(work.grids, model, hidesContrasts: false)
        try budget.require(estimate.held + estimate.spare, for: patient)
        let images = try PatientImages(work.inputs)
        let prepared = try Preprocessor(description).prepare(images, including: work.targets)
        try work.hashes.confirmUnchanged()
        let warnings = InputWarnings.all(of: prepared, images.headers, work.hashes, for: description)
        let stage = try journal.openStage(index)
        var files: [String] = []
        let grid = prepared.sliceGrid
        let brain = prepared.stack.brain.map { $0 ? Float(1) : 0 }
        for (name, image) in zip(description.contrasts + ["brainmask"], prepared.stack.images + [brain]) {
            guard let image else { continue }
            let file = names.image(name, kind: "preprocessed")
            let sidecar = sidecar(name, images: images, hashes: work.hashes, prepared: prepared, warnings: warnings)
            try stage.write(Volume(grid: grid, voxels: image), like: nil, to: file + ".nii.gz")
            try stage.write(JSONFile.encode(sidecar), to: file + ".json")
            files += [file + ".nii.gz", file + ".json"]
        }
        let record = PreprocessingRecord(
            patient: patient.name, fingerprint: work.fingerprint, warnings: warnings,
            files: files + [names.preprocessing], sha256: try stage.hashes(files))
        try stage.write(JSONFile.encode(sealing: record), to: names.preprocessing)
        try journal.describeDataset(of: patient)
        return record
    }

    private func sidecar(
        _ contrast: String, images: PatientImages, hashes: InputHashes, prepared: PreparedPatient,
        warnings: [ResultWarning]
    ) -> Sidecar {
        let normalisation = Sidecar.NormalisationRecord(prepared, model.description.normalisation)
        let inputs = hashes.records(images.headers, scales: prepared.intensityScales)
        return Sidecar(
            command: "preprocess", patient: images.patient.name, contrast: contrast, model: ModelRecord(model),
            inputs: inputs.filter { $0.role == contrast || $0.role == "brainmask" }, intensityScale: 1,
            intensityScaleSource: "the voxels are normalised intensities", normalisation: normalisation,
            brainMask: prepared.hasBrainMask
                ? inputs.first { $0.role == "brainmask" }?.file ?? "" : "none: voxels above 0 in any contrast",
            crop: prepared.crop, networkSpacing: [prepared.spacing.x, prepared.spacing.y],
            slices: prepared.stack.slices, warnings: warnings, notes: prepared.notes)
    }
}
