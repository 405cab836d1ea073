import Foundation
import Preprocessing

/// Reads and prepares patients, on a thread of its own.
struct RunPreparation: Sendable {
    private let settings: RunSettings
    private let model: ModelFile
    private let record: ModelRecord
    private let folder: OutputFolder
    private let preprocessor: Preprocessor
    /// One contrast being prepared or waiting, one in the network, one being written.
    private let slots = Slots(3)

    init(_ runner: Runner, _ record: ModelRecord, _ folder: OutputFolder) {
        (settings, model, self.record, self.folder) = (runner.settings, runner.model, record, folder)
        preprocessor = Preprocessor(runner.model.description)
    }

    /// Hands on one patient, contrast by contrast.
    func prepare(_ index: Int, _ patient: Patient, into channel: BoundedChannel<PreparedStep>) {
        channel.send(.begin(index))
        let earlier = JSONFile.read(PatientRecord.self, from: "\(folder.path)/\(ResultNames(patient).metrics)")
        do throws(PipelineError) {
            if let problem = patient.problem { throw problem }
            let targets = wanted(patient)
            guard !targets.isEmpty else {
                channel.send(.settled(index, .skipped, nothingToDo(patient), nil))
                return
            }
            guard settings.mode == .impute || patient.available.count > 1 else {
                throw PipelineError(
                    .unusablePatient, path: patient.folder,
                    "\(patient.folder): only \(names(patient.available)) is there, so nothing is left to impute it from;"
                        + " add a second contrast")
            }
            try prepare(index, patient, targets, earlier, into: channel)
            channel.send(.complete(index))
        } catch {
            channel.send(.settled(index, .failed, error.message, earlier))
        }
    }

    private func prepare(
        _ index: Int, _ patient: Patient, _ wanted: [Int], _ earlier: PatientRecord?,
        into channel: BoundedChannel<PreparedStep>
    ) throws(PipelineError) {
        let usesLesion = settings.mode == .evaluate
        let hashes = try InputHashes(
            patient, contrastNames: model.description.contrasts, usesMask: settings.usesMasks, usesLesion: usesLesion)
        var targets = wanted
        // Results of other targets stay: they are made again with the new ones, so that record and report cover all.
        if let earlier, earlier.fingerprint == fingerprint(hashes, targets: made(earlier)) {
            if !settings.overwrites, Set(wanted).isSubset(of: made(earlier)), isThere(earlier) {
                channel.send(.settled(index, .skipped, "complete: made by an earlier run", earlier))
                return
            }
            targets = Set(wanted + made(earlier)).sorted()
        }
        let images = try PatientImages(patient, usesMask: settings.usesMasks, usesLesion: usesLesion)
        channel.send(
            .opened(
                OpenedPatient(
                    index: index, headers: images.headers, hashes: hashes,
                    fingerprint: fingerprint(hashes, targets: targets), stale: earlier)))
        switch settings.mode {
        case .impute:
            let prepared = try preprocessor.prepare(images, including: patient.available)
            for target in targets {
                channel.send(.target(index, .missing(target, prepared, slots.take())))
            }
        case .evaluate:
            for target in targets {
                let slot = slots.take()
                channel.send(.target(index, try .hidden(target, of: images, preprocessor, slot)))
            }
        }
    }

    private func fingerprint(_ hashes: InputHashes, targets: [Int]) -> String {
        hashes.fingerprint(
            [settings.mode.rawValue, record.sha256, "targets \(names(targets))", "masks \(settings.usesMasks)"])
    }

    /// The contrasts that a record is about, in the model's order.
    private func made(_ record: PatientRecord) -> [Int] {
        model.description.contrasts.indices.filter { record.contrasts[model.description.contrasts[$0]] != nil }
    }

    private func wanted(_ patient: Patient) -> [Int] {
        let candidates = settings.mode == .impute ? patient.missing : patient.available
        guard let targets = settings.targets else { return candidates }
        return candidates.filter { targets.contains(model.description.contrasts[$0]) }
    }

    private func nothingToDo(_ patient: Patient) -> String {
        patient.missing.isEmpty
            ? "complete: no contrast is missing"
            : "none of the contrasts asked for is \(settings.mode == .impute ? "missing" : "there")"
    }

    private func names(_ contrasts: [Int]) -> String {
        contrasts.map { model.description.contrasts[$0] }.joined(separator: ", ")
    }

    private func isThere(_ record: PatientRecord) -> Bool {
        record.files.allSatisfy { FileManager.default.fileExists(atPath: "\(folder.path)/\($0)") }
    }
}
