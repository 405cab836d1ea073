import Metrics
import Preprocessing

/// Reads and prepares patients, on a thread of its own.
struct RunPreparation: Sendable {
    private let settings: RunSettings
    private let rules: PatientRules
    private let preprocessor: Preprocessor
    /// One contrast being prepared or waiting, one in the network, one being written.
    private let slots = Slots(3)

    init(_ runner: Runner, _ record: ModelRecord, _ folder: OutputFolder) {
        settings = runner.settings
        rules = PatientRules(
            settings: runner.settings, contrasts: runner.model.description.contrasts, model: record, output: folder.path
        )
        preprocessor = Preprocessor(runner.model.description)
    }

    /// Hands on one patient, contrast by contrast.
    func prepare(_ index: Int, _ patient: Patient, into channel: BoundedChannel<PreparedStep>) {
        channel.send(.begin(index))
        switch rules.decide(patient) {
        case .skip(let reason, let record): channel.send(.settled(index, .skipped, reason, record))
        case .fail(let error, let stale): channel.send(.settled(index, .failed, error.message, stale))
        case .work(let work):
            do throws(PipelineError) {
                try prepare(index, patient, work, into: channel)
                channel.send(.complete(index))
            } catch {
                channel.send(.settled(index, .failed, error.message, work.stale))
            }
        }
    }

    private func prepare(
        _ index: Int, _ patient: Patient, _ work: PatientWork, into channel: BoundedChannel<PreparedStep>
    ) throws(PipelineError) {
        let (targets, subsets) = (work.targets, work.hasSubsets)
        let images = try PatientImages(
            patient, usesMask: settings.usesMasks, usesLesion: settings.mode == .evaluate)
        channel.send(
            .opened(
                OpenedPatient(
                    index: index, headers: images.headers, hashes: work.hashes, fingerprint: work.fingerprint,
                    hasSubsets: subsets, stale: work.stale)))
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
}
