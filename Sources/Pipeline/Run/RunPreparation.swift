import CollaGAN
import Files
import Metrics
import Patients
import Preprocessing

/// Reads and prepares patients, on a thread of its own.
struct RunPreparation: Sendable {
    private let settings: RunSettings
    private let rules: PatientRules
    private let model: ModelFile
    private let preprocessor: Preprocessor
    private let budget: MemoryBudget
    private let progress: RunProgress
    private let slots: Slots

    /// - Parameters:
    ///   - budget: what all patients in work may take.
    ///   - progress: told which patient is read.
    init(
        _ runner: Runner, folder: OutputFolder, budget: MemoryBudget, progress: RunProgress
    ) {
        settings = runner.settings
        model = runner.model
        self.budget = budget
        self.progress = progress
        rules = PatientRules(runner.settings, runner.model, output: folder.path)
        preprocessor = Preprocessor(runner.model.description)
        let crop = runner.model.description.crop
        let network = Imputer.memory(runner.model.model, height: crop.height, width: crop.width)
        // One contrast being prepared or waiting, one in the network, one being written; fewer where they are too large.
        slots = Slots(3, memory: budget.room(beside: network))
    }

    /// Hands on one patient, contrast by contrast.
    func prepare(_ index: Int, _ patient: Patient, into channel: BoundedChannel<PreparedStep>) {
        channel.send(.begin(index))
        switch rules.decide(patient) {
        case .skip(let reason, let earlier): channel.send(.skipped(index, reason, earlier))
        case .fail(let error, let earlier): channel.send(.failed(index, error, earlier))
        case .work(let work):
            do throws(CollaGANError) {
                try prepare(index, patient, work, into: channel)
                channel.send(.complete(index))
            } catch {
                channel.send(.failed(index, error, work.earlier))
            }
        }
    }

    private func prepare(
        _ index: Int, _ patient: Patient, _ work: PatientWork, into channel: BoundedChannel<PreparedStep>
    ) throws(CollaGANError) {
        let estimate = MemoryEstimate(work.grids, model, hidesContrasts: settings.mode == .evaluate)
        try budget.require(estimate.total, for: patient)
        // A place is taken before anything is read: what is read then is memory, too.
        var places = Places(slots, estimate)
        progress.reading(index)
        let images = try PatientImages(work.inputs)
        channel.send(
            .opened(
                OpenedPatient(
                    index: index, headers: images.headers, hashes: work.hashes, copies: work.copies,
                    fingerprint: work.fingerprint,
                    hasSubsets: work.hasSubsets, passes: passes(patient, work), earlier: work.earlier)))
        switch settings.mode {
        case .preprocess, .prepare: break
        case .impute:
            let prepared = try preprocessor.prepare(images, including: patient.available)
            try budget.require(estimate.at(prepared.stack, model).total, for: patient)
            for target in work.targets {
                channel.send(.target(index, .missing(target, prepared, places.next())))
            }
        case .evaluate:
            for target in work.targets {
                let truth = try hide(
                    target, of: images, index: index, slot: places.next(), estimate: estimate, channel: channel)
                guard work.hasSubsets, let truth else { continue }
                for inputs in subsets(patient, without: target) {
                    let slot = places.next()
                    do throws(CollaGANError) {
                        let task = try TargetTask.subset(
                            target, from: inputs, of: images, truth: truth, preprocessor: preprocessor, slot: slot)
                        channel.send(.target(index, task))
                    } catch {
                        channel.send(
                            .refusedSubset(index, RefusedSubset(target: target, inputs: inputs, reason: error)))
                    }
                }
            }
        }
    }

    /// Hands on a hidden contrast and lets go of everything but the truth, so that its slot is free once it is written.
    private func hide(
        _ target: Int, of images: PatientImages, index: Int, slot: Slots.Slot, estimate: MemoryEstimate,
        channel: BoundedChannel<PreparedStep>
    ) throws(CollaGANError) -> TargetTask.Truth? {
        let task = try TargetTask.hidden(target, of: images, preprocessor, slot)
        try budget.require(estimate.at(task.prepared.stack, model).total, for: images.patient)
        channel.send(.target(index, task))
        return task.truth
    }

    /// What a hidden contrast is synthesised from besides all others.
    private func subsets(_ patient: Patient, without target: Int) -> [[Int]] {
        InputImportance.subsets(of: patient.available.filter { $0 != target }).dropLast()
    }

    /// How often a patient's slices will go through the network.
    private func passes(_ patient: Patient, _ work: PatientWork) -> Int {
        switch settings.mode {
        case .preprocess, .prepare: 0
        case .impute: work.targets.count * (patient.available.count + 1)
        case .evaluate:
            work.targets.reduce(0) { sum, target in
                sum + patient.available.count + (work.hasSubsets ? subsets(patient, without: target).count : 0)
            }
        }
    }

    /// The slots of one patient's tasks, the first taken at once.
    private struct Places {
        private let slots: Slots
        private let estimate: MemoryEstimate
        private var first: Slots.Slot?

        init(_ slots: Slots, _ estimate: MemoryEstimate) {
            (self.slots, self.estimate) = (slots, estimate)
            first = slots.take(estimate.held, spare: estimate.spare)
        }

        mutating func next() -> Slots.Slot {
            defer { first = nil }
            return first ?? slots.take(estimate.held, spare: estimate.spare)
        }
    }
}
