import Files
import NeuralNet

/// Files in the output folder.
extension Trainer {
    /// Whether a folder holds a checkpoint to resume from.
    package static func hasCheckpoint(in folder: String) -> Bool { !CheckpointFolder(in: folder).steps.isEmpty }

    /// Writes checkpoint and model, once all ranks turn out to have the same weights.
    func save() throws(ModelError) {
        try requireSameWeights()
        try write { () throws(ModelError) in try saveHere() }
    }

    private func saveHere() throws(ModelError) {
        var ledger = ledger
        ledger.seconds = seconds
        let position = Checkpoint.Position(
            step: step, updates: checkpoint.optimisers.map(\.step), random: random, ledger: ledger,
            owner: Checkpoint.Owner(
                configuration: configuration, patients: patients.map(\.name), validation: validation.map(\.name)),
            computed: computed)
        do throws(ModelError) {
            try checkpoints.save(checkpoint, position, keep: configuration.checkpoints.keep)
        } catch {
            throw error.code == .diverged ? diverged(after: step, error.message) : error
        }
        try model().save(to: folder + "/" + Self.modelName)
    }

    /// Removes the checkpoints and models that an earlier training left.
    package static func clear(_ folder: String) {
        CheckpointFolder(in: folder).clear()
        for name in [modelName, bestName] { Disk.current.remove(folder + "/" + name) }
    }

    /// Adds the self-check's reference to the finished model and the best one; a cancelled one is made up for by
    /// resuming.
    func finish(isCancelled: () -> Bool) throws(ModelError) -> Bool {
        if validator == nil, try !measureSources(isCancelled: isCancelled) { return false }
        guard let finished = try calibrated(model(), isCancelled: isCancelled) else { return false }
        try write { () throws(ModelError) in try finished.save(to: folder + "/" + Self.modelName) }
        guard let best = ledger.best else { return true }
        let path = folder + "/" + Self.bestName
        if best.step == step {
            try write { () throws(ModelError) in try finished.save(to: path) }
            return true
        }
        let model = try? CollaGANModel.load(path)
        if try isGone(model) {
            // Damaged since: the training is whole without it.
            try write { () throws(ModelError) in Disk.current.remove(path) }
            return true
        }
        guard let complete = try calibrated(model, isCancelled: isCancelled) else { return false }
        try write { () throws(ModelError) in try complete.save(to: path) }
        return true
    }

    /// Whether whoever writes found no model.
    private func isGone(_ model: CollaGANModel?) throws(ModelError) -> Bool {
        guard let ranks else { return model == nil }
        return try ranks.gather([model == nil ? 1 : 0])[0] == [1]
    }

    private func calibrated(_ model: CollaGANModel?, isCancelled: () -> Bool) throws(ModelError) -> CollaGANModel? {
        let reference = try SelfCheckCalibration.reference(
            of: model, patients, ranks, isCancelled: isCancelled)
        guard let model, let reference else { return nil }
        var description = model.description
        description.selfCheck = reference
        return model.described(as: description)
    }

    /// Whether a folder holds, whole, what a training leaves at its end: the checkpoint of the last step and the
    /// models.
    ///
    /// A model that still lacks the self-check's reference is not told apart: whoever asks knows that the training came
    /// to its end.
    ///
    /// - Parameter configuration: what is trained; another training's files do not count.
    package static func isComplete(_ configuration: TrainingConfiguration, in folder: String) -> Bool {
        guard let position = CheckpointFolder(in: folder).lastPosition,
            position.owner.configuration == configuration, position.step == configuration.lastStep
        else { return false }
        let models = [modelName] + (position.ledger.best == nil ? [] : [bestName])
        return models.allSatisfy { (try? CollaGANModel.load("\(folder)/\($0)")) != nil }
    }
}
