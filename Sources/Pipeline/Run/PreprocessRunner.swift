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

    /// Finds the patients; nothing is written yet. `settings.mode` and `settings.targets` are not looked at.
    /// - Throws: `CollaGANError` if nothing could start.
    package init(_ settings: RunSettings, model: ModelFile, console: Console) throws(CollaGANError) {
        (self.settings, self.model, self.console) = (settings, model, console)
        try OutputFolder.refuseInputs(of: [], in: settings.output)
        patients = try PatientDiscovery(
            contrasts: model.description.contrasts, patterns: settings.patterns, layout: settings.layout,
            excludedFolder: settings.output
        ).patients(in: settings.patients)
        try OutputFolder.refuseInputs(of: patients, in: settings.output)
    }

    /// The same patients as another run's, into the folder `preprocessed` of its results.
    init(for runner: Runner) {
        (model, console, patients) = (runner.model, runner.console, runner.patients)
        var settings = runner.settings
        settings.output += "/preprocessed"
        self.settings = settings
    }

    /// Works through all patients. SIGINT and SIGTERM end the process cleanly with 130 and 143.
    /// - Returns: what `run.json` holds at the end.
    /// - Throws: `CollaGANError.Code.unwritable` if the folder of results cannot be made or written to or another run is
    ///   writing there, `.badConfiguration` if it holds another command's results that are not to be overwritten.
    package func run() throws(CollaGANError) -> RunManifest {
        try run(on: Disk())
    }

    /// `run` on a disk of one's own.
    package func run(on disk: Disk) throws(CollaGANError) -> RunManifest {
        let folder = try OutputFolder(settings.output, on: disk)
        defer { folder.release() }
        let started = Locked<RunJournal?>(nil)
        let interruption = Interruption(of: started, in: folder, overwrites: settings.overwrites, console)
        defer { withExtendedLifetime(interruption) {} }
        if !settings.overwrites { try folder.refuseResults(ofOtherThan: "preprocess") }
        let journal = try RunJournal(
            RunManifest(
                command: "preprocess", input: settings.patients, output: settings.output, model: ModelRecord(model),
                patients: patients.map(\.name)), in: folder)
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
        let budget = MemoryBudget(settings.memory)
        let progress = RunProgress(patients.map(\.name), console)
        for (index, patient) in patients.enumerated() {
            try journal.begin(index)
            progress.reading(index)
            let recordFile = "\(ResultNames(patient).folder)/preprocessing.json"
            let earlier = JSONFile.read(PreprocessingRecord.self, from: "\(folder.path)/\(recordFile)")
            do throws(CollaGANError) {
                if let problem = patient.problem ?? ResultNames(patient).problem(model.description.contrasts) {
                    throw problem
                }
                try preprocess(index, patient, earlier, folder, journal, budget)
            } catch {
                try folder.requireSame()
                guard error.code != .outputLost, error.code != .unwritable || !folder.isLost else { throw error }
                let outdated = earlier.map { isOutdated($0, patient, folder) }
                let reason = error.reason(earlierIsOutdated: outdated)
                if let earlier, outdated == false {
                    try journal.fail(index, reason: reason, kept: earlier.files)
                } else {
                    try journal.fail(index, reason: reason, stale: stale(patient, earlier))
                }
                console.error("\(patient.name): \(reason)")
            }
        }
    }

    /// What an earlier run may have left of a patient.
    private func stale(_ patient: Patient, _ earlier: PreprocessingRecord?) -> [String] {
        let contrasts = model.description.contrasts + ["brainmask"]
        let names = ResultNames(patient)
        return names.images(contrasts, kind: "preprocessed") + (earlier?.files ?? [])
            + ["\(names.folder)/preprocessing.json"]
    }

    /// Whether an earlier result is not of these inputs, or damaged; false where the inputs cannot be looked at.
    private func isOutdated(_ earlier: PreprocessingRecord, _ patient: Patient, _ folder: OutputFolder) -> Bool {
        guard patient.problem == nil, let hashes = try? hashes(patient) else { return false }
        return earlier.fingerprint != fingerprint(hashes) || !earlier.isIntact(in: folder.path)
    }

    private func hashes(_ patient: Patient) throws(CollaGANError) -> InputHashes {
        try InputHashes(
            patient, contrastNames: model.description.contrasts, usesMask: settings.usesMasks, usesLesion: false)
    }

    private func fingerprint(_ hashes: InputHashes) -> String {
        let (crop, spacing) = (model.description.crop, model.description.spacing)
        return hashes.fingerprint(
            ["preprocess", "\(crop.height)x\(crop.width)", "\(spacing)", "masks \(settings.usesMasks)"])
    }

    private func preprocess(
        _ index: Int, _ patient: Patient, _ earlier: PreprocessingRecord?, _ folder: OutputFolder,
        _ journal: RunJournal,
        _ budget: MemoryBudget
    ) throws(CollaGANError) {
        let description = model.description
        try OutputFolder.refuseLink(to: ResultNames(patient).folder, in: folder.path)
        let preprocessor = Preprocessor(description)
        let grids = try PatientGrids(patient, usesMask: settings.usesMasks, usesLesion: false)
        try grids.check(preprocessor, hiding: [])
        let hashes = try hashes(patient)
        let fingerprint = fingerprint(hashes)
        let names = ResultNames(patient)
        let recordFile = "\(names.folder)/preprocessing.json"
        if !settings.overwrites, let earlier, earlier.fingerprint == fingerprint,
            earlier.isIntact(in: folder.path)
        {
            try journal.describeDataset(of: patient)
            try journal.skip(
                index, reason: "complete: made by an earlier run", files: earlier.files, warnings: earlier.warnings)
            return
        }
        let estimate = MemoryEstimate(grids, model, hidesContrasts: false)
        try budget.require(estimate.held + estimate.spare, for: patient)
        let images = try PatientImages(patient, usesMask: settings.usesMasks, usesLesion: false)
        let prepared = try preprocessor.prepare(images, including: patient.available)
        try hashes.confirmUnchanged()
        let warnings = InputWarnings.all(images.headers, hashes, prepared, description)
        let stage = try journal.openStage(index)
        var files: [String] = []
        let grid = prepared.sliceGrid
        let brain = prepared.stack.brain.map { $0 ? Float(1) : 0 }
        for (name, image) in zip(description.contrasts + ["brainmask"], prepared.stack.images + [brain]) {
            guard let image else { continue }
            let file = names.image(name, kind: "preprocessed")
            try stage.write(Volume(grid: grid, voxels: image), like: nil, to: file + ".nii.gz")
            try stage.write(JSONFile.encode(sidecar(name, images, hashes, prepared, warnings)), to: file + ".json")
            files += [file + ".nii.gz", file + ".json"]
        }
        let record = PreprocessingRecord(
            patient: patient.name, fingerprint: fingerprint, warnings: warnings, files: files + [recordFile],
            sha256: try stage.hashes(files))
        try stage.write(JSONFile.encode(sealing: record), to: recordFile)
        try journal.describeDataset(of: patient)
        try journal.commit(index, files: record.files, stale: stale(patient, earlier), warnings: warnings)
        for warning in warnings { console.warning("\(patient.name): \(warning)") }
        console.info("[\(index + 1)/\(patients.count)] \(patient.name): done")
    }

    private func sidecar(
        _ contrast: String, _ images: PatientImages, _ hashes: InputHashes, _ prepared: PreparedPatient,
        _ warnings: [ResultWarning]
    ) -> Sidecar {
        let normalisation = Sidecar.NormalisationRecord(prepared)
        let inputs = hashes.records(images.headers, percentiles: normalisation.percentiles)
        return Sidecar(
            command: "preprocess", patient: images.patient.name, contrast: contrast, model: ModelRecord(model),
            inputs: inputs.filter { $0.role == contrast || $0.role == "brainmask" }, intensityScale: 1,
            intensityScaleSource: "the voxels are normalised intensities", normalisation: normalisation,
            brainMask: inputs.first { $0.role == "brainmask" }?.file ?? "none: voxels above 0 in any contrast",
            crop: prepared.crop, networkSpacing: [prepared.spacing.x, prepared.spacing.y],
            slices: prepared.stack.slices, warnings: warnings, notes: prepared.notes)
    }
}

/// `preprocessing.json`: how a later run knows that a patient is complete.
struct PreprocessingRecord: SealedRecord {
    var format = 1
    var patient: String
    var fingerprint: String
    var warnings: [ResultWarning]
    /// Every file of the patient, this one last, relative to the folder of results.
    var files: [String]
    var sha256: [String: String]
    var checksum = RecordSeal.blank
}
