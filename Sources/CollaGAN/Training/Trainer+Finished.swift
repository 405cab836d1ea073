import NeuralNet

extension Trainer {
    /// Whether a folder holds, whole, what a training leaves at its end: the checkpoint of the last step and the models.
    ///
    /// A model that still lacks the self-check's reference is not told apart: whoever asks knows that the training came to its end.
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
