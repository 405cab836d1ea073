import DICOM
import Files
import Foundation
import Patients
import Preparation
import Records
import Tensors

/// Prepares every patient below a path: finds, registers, masks, and writes folders that every command reads.
package struct PrepareRunner: Sendable {
    private let settings: RunSettings
    private let preparation: PreparationSettings
    private let console: Console
    private let environment: [String: String]
    let patients: [Patient]
    private let cohort: [String]
    private let leftOut: [LeftOut]

    private var part: PartIdentity? { settings.selection.identity(cohort: cohort) }

    /// Finds the patients; nothing is written yet.
    /// - Parameters:
    ///   - settings: of mode `prepare`; its patterns do not count, those of `preparation` do.
    ///   - excluded: a folder that is not looked into, beside that of the results.
    ///   - environment: says where programs are.
    /// - Throws: `CollaGANError` if nothing could start.
    package init(
        _ settings: RunSettings, _ preparation: PreparationSettings, excluding excluded: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment, console: Console
    ) throws(CollaGANError) {
        precondition(settings.mode == .prepare, "settings of another command")
        (self.settings, self.preparation, self.console) = (settings, preparation, console)
        self.environment = environment
        try OutputFolder.refuseInputs(of: [], in: settings.output)
        let discovery = try PatientDiscovery(
            contrasts: preparation.contrasts, patterns: preparation.patterns, layout: settings.layout,
            excludedFolder: excluded ?? settings.output)
        let places = DICOMSearch(excluding: excluded ?? settings.output).places(
            below: FilePath.absolute(settings.patients))
        let found = try discovery.search(settings.patients, choosing: settings.selection, adding: places)
        (patients, cohort, leftOut) = (found.patients, found.cohort, found.leftOut)
        try OutputFolder.refuseInputs(of: patients, in: settings.output)
    }

    /// By patient, the DICOM series on whose grid all comes to lie; without those whose reference is no series.
    package func referenceSeries() -> [String: DICOMSeries] {
        patients.reduce(into: [:]) { series, patient in
            series[patient.name] = (try? RawPatient(patient, preparation))?.referenceSeries(preparation)
        }
    }

    /// What ``run(on:)`` would do now. Writes nothing and reads no voxels.
    /// - Throws: `CollaGANError` where the run could not start.
    package func plan() throws(CollaGANError) -> RunPlan {
        let output = FilePath.absolute(settings.output)
        try OutputFolder.checkWritable(settings.output)
        try OutputFolder.refuseOthers(
            in: output, than: settings.mode.rawValue, part: part, overwrites: settings.overwrites)
        let rules = PreparationRules(settings, preparation, output: output)
        let entries = patients.enumerated().map { index, patient in
            console.progress("[\(index + 1)/\(patients.count)] \(patient.name)")
            return entry(patient, rules.decide(patient, readsNew: false))
        }
        return RunPlan(settings, nil, entries, of: cohort.count, leftOut: leftOut)
    }

    private func entry(_ patient: Patient, _ decision: PreparationDecision) -> RunPlan.Entry {
        let (action, reason, raw): (RunPlan.Action, String, RawPatient?) =
            switch decision {
            case .skip(let earlier, let raw): (.skip, earlier.reason, raw)
            case .fail(let error, let earlier): (.fail, error.reason(earlierIsOutdated: earlier?.isOutdated), nil)
            case .work(let work): (.prepare, work.reason, work.raw)
            }
        func role(_ path: String) -> String? {
            if let index = patient.contrasts.firstIndex(of: path) { return preparation.contrasts[index] }
            return path == patient.brainMask ? "brainmask" : path == patient.lesion ? "lesion" : nil
        }
        let files = patient.recognitions.map {
            RunPlan.File(role: role($0.path) ?? "unrecognised", path: $0.path, reason: $0.reason)
        }
        return RunPlan.Entry(
            name: patient.name, folder: patient.folder, layout: patient.layout, action: action, reason: reason,
            targets: action == .prepare ? raw?.names ?? [] : [], available: raw?.names ?? [], subsets: false,
            memory: nil, files: files.filter { $0.role != "unrecognised" },
            unrecognised: files.filter { $0.role == "unrecognised" },
            warnings: patient.holdsDICOM ? (raw?.warnings ?? []).map(\.description) : patient.warnings,
            series: raw?.series)
    }

    /// Works through all patients. SIGINT and SIGTERM end the process cleanly with 130 and 143.
    /// - Returns: what `run.json` holds at the end.
    /// - Throws: `CollaGANError.Code.unwritable` if the folder of results cannot be made or written to, `.busy` if another process
    ///   is writing there, `.badConfiguration` if it holds results that this run's do not mix with.
    package func run(on disk: Disk = .current) throws(CollaGANError) -> RunManifest {
        let folder = try OutputFolder(settings, part: part, on: disk, console)
        defer { folder.release() }
        let started = Locked<RunJournal?>(nil)
        let interruption = Interruption(of: started, in: folder, overwrites: settings.overwrites, console)
        defer { interruption.end() }
        let running = RunningPrograms()
        // Before the journal is closed: a program that goes on would write into a folder that is gone.
        let ending = Interruption { _, leave in
            running.end()
            leave()
        }
        defer { ending.end() }
        var manifest = RunManifest(
            command: settings.mode.rawValue, input: settings.patients, output: settings.output, model: nil,
            patients: patients.map(RunManifest.Entry.init))
        manifest.part = part.map {
            PartRecord($0, cohort: cohort, contrasts: preparation.contrasts, subsets: false)
        }
        let journal = try RunJournal(manifest, in: folder)
        started.withLock { $0 = journal }
        do throws(CollaGANError) {
            try work(folder, journal, running)
            try journal.finish()
        } catch {
            throw journal.manifest.state == .stopped ? error : journal.stop(error)
        }
        return journal.manifest
    }

    private func work(
        _ folder: OutputFolder, _ journal: RunJournal, _ running: RunningPrograms
    ) throws(CollaGANError) {
        let rules = PreparationRules(settings, preparation, output: folder.path)
        let converter = Converter(environment)
        let preparer = PatientPreparation(preparation, running: running) { () throws(DICOMError) in
            try converter.program()
        }
        for (index, patient) in patients.enumerated() {
            try journal.begin(index)
            tell(index, "looking")
            switch rules.decide(patient) {
            case .skip(let earlier, _):
                try journal.skip(
                    index, reason: earlier.reason, files: earlier.record.files, warnings: earlier.record.warnings)
                console.info("\(position(index)) \(patient.name): skipped, \(earlier.reason)")
            case .fail(let error, let earlier):
                try journal.failUnlessLost(
                    index, error, earlier: earlier, stale: stale(patient, earlier), console)
            case .work(let work):
                var earlier = work.earlier
                do throws(CollaGANError) {
                    let (record, summary) = try prepare(index, work, preparer, journal)
                    // From here on what an earlier run made is replaced.
                    earlier?.isOutdated = true
                    try journal.commit(
                        index, files: record.files, stale: stale(patient, earlier), warnings: record.warnings)
                    for warning in record.warnings { console.warning("\(patient.name): \(warning)") }
                    console.info("\(position(index)) \(patient.name): done, \(summary)")
                } catch {
                    try journal.failUnlessLost(
                        index, error, earlier: earlier, stale: stale(patient, earlier), console)
                }
            }
        }
    }

    private func position(_ index: Int) -> String { "[\(index + 1)/\(patients.count)]" }

    private func tell(_ index: Int, _ stage: String) {
        console.progress(
            ProgressLine(number: index + 1, count: patients.count, name: patients[index].name, stage: stage))
    }

    /// What an earlier run may have left of a patient: what its record names, and images that a kill kept out of every record.
    private func stale(_ patient: Patient, _ earlier: EarlierResult?) -> [String] {
        let names = preparation.contrasts
        let images = (names + ["brainmask", "lesion"]).map { "\(patient.name)/\(patient.name)_\($0).nii.gz" }
        let transforms = names.flatMap { moving in
            names.filter { $0 != moving }.flatMap { reference in
                ["json", "tfm"].map { "\(patient.name)/transforms/\(moving)_to_\(reference).\($0)" }
            }
        }
        return images + transforms + (earlier?.record.files ?? [])
            + ["\(patient.name)/report.html", ResultNames.preparation(in: patient.name)]
    }

    /// Makes a patient's files, which then wait to be put in place.
    private func prepare(
        _ index: Int, _ work: PreparationWork, _ preparer: PatientPreparation, _ journal: RunJournal
    ) throws(CollaGANError) -> (PreparationRecord, summary: String) {
        let name = work.raw.patient.name
        let stage = try journal.openStage(index)
        // Inside of the stage, so that it goes whatever comes: with the stage, or in the next run.
        let scratch = try stage.privateFolder("scratch")
        let result = try preparer.result(work.raw, work.hashes, scratch: scratch) { tell(index, $0) }
        try work.hashes.confirmUnchanged()
        tell(index, "writing")
        var files: [String] = []
        for (file, volume) in result.volumes {
            try stage.write(volume, like: nil, to: "\(name)/\(file)")
            files.append("\(name)/\(file)")
        }
        for (file, text) in result.texts {
            try stage.write(Data(text.utf8), to: "\(name)/\(file)")
            files.append("\(name)/\(file)")
        }
        var record = result.record
        let own = ResultNames.preparation(in: name)
        record.sha256 = try stage.hashes(files)
        record.files = files + [own]
        try stage.write(JSONFile.encode(sealing: record), to: own)
        return (record, result.summary)
    }

    /// dcm2niix, looked for once, for the first patient of DICOM files.
    private final class Converter: Sendable {
        private let environment: [String: String]
        private let found = Locked<Dcm2niix?>(nil)

        init(_ environment: [String: String]) { self.environment = environment }

        func program() throws(DICOMError) -> Dcm2niix {
            if let known = found.withLock({ $0 }) { return known }
            let program = try Dcm2niix(environment: environment)
            found.withLock { $0 = program }
            return program
        }
    }
}
