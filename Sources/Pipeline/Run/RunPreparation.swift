import Foundation
import Metrics
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
        var (targets, subsets) = (wanted, settings.mode == .evaluate && settings.evaluatesSubsets)
        // Results of other targets stay: they are made again with the new ones, so that record and report cover all. So do
        // subsets, unless results are to be replaced.
        if let earlier, earlier.fingerprint == fingerprint(hashes, made(earlier), earlier.hasSubsets) {
            let isComplete = Set(wanted).isSubset(of: made(earlier)) && (earlier.hasSubsets || !subsets)
            if !settings.overwrites, isComplete, earlier.isIntact(in: folder.path) {
                channel.send(.settled(index, .skipped, "complete: made by an earlier run", earlier))
                return
            }
            targets = Set(wanted + made(earlier)).sorted()
            subsets = subsets || earlier.hasSubsets && !settings.overwrites
        }
        let images = try PatientImages(patient, usesMask: settings.usesMasks, usesLesion: usesLesion)
        channel.send(
            .opened(
                OpenedPatient(
                    index: index, headers: images.headers, hashes: hashes,
                    fingerprint: fingerprint(hashes, targets, subsets), hasSubsets: subsets, stale: earlier)))
        switch settings.mode {
        case .impute:
            let prepared = try preprocessor.prepare(images, including: patient.available)
            for target in targets {
                channel.send(.target(index, .missing(target, prepared, slots.take())))
            }
        case .evaluate:
            for target in targets {
                let truth = try hide(target, of: images, index, channel)
                guard subsets, let truth else { continue }
                let others = patient.available.filter { $0 != target }
                for inputs in InputImportance.subsets(of: others).dropLast() {
                    let slot = slots.take()
                    channel.send(
                        .subset(index, SubsetTask(target, from: inputs, of: images, truth, preprocessor, slot)))
                }
            }
        }
    }

    /// Hands on a hidden contrast and lets go of everything but the truth, so that its slot is free once it is written.
    private func hide(
        _ target: Int, of images: PatientImages, _ index: Int, _ channel: BoundedChannel<PreparedStep>
    ) throws(PipelineError) -> TargetTask.Truth? {
        let task = try TargetTask.hidden(target, of: images, preprocessor, slots.take())
        channel.send(.target(index, task))
        return task.truth
    }

    private func fingerprint(_ hashes: InputHashes, _ targets: [Int], _ subsets: Bool) -> String {
        hashes.fingerprint(
            [settings.mode.rawValue, record.sha256, "targets \(names(targets))", "masks \(settings.usesMasks)"]
                + (subsets ? ["subsets"] : []))
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
}
