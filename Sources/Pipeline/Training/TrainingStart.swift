import CollaGAN
import Files

/// What is said and checked where a training starts from a model.
struct TrainingStart {
    private let file: ModelFile
    private let contrasts: [String]

    init(_ file: ModelFile, _ configuration: TrainingConfiguration) {
        (self.file, contrasts) = (file, configuration.contrasts)
    }

    /// Says what is taken over, and warns of patients held out who may have been trained on before.
    func announce(_ cohort: TrainingCohort, _ console: Console) {
        let known = file.description.contrasts
        let parts = [
            ("as there", contrasts.filter(known.contains)), ("new", contrasts.filter { !known.contains($0) }),
            ("done without", known.filter { !contrasts.contains($0) }),
        ].filter { !$0.1.isEmpty }.map { "\($0.1.joined(separator: ", ")) \($0.0)" }
        console.info("starting from \(file.description.name) (\(file.path)): \(parts.joined(separator: "; "))")
        let before = Set(file.description.patientsInWeights)
        let seen = cohort.patients.filter { $0.part != .training && before.contains($0.patient.name) }
        guard !seen.isEmpty else { return }
        let names = seen.map { "\($0.patient.name) (\($0.part.rawValue))" }.joined(separator: ", ")
        console.warning(
            "\(names): held out here, but \(file.description.name) was trained on patients of these names; if they are the same, scores on them flatter the new model: hold others out"
        )
    }

    /// Refuses to go on with a training that started from another model than is given now.
    ///
    /// - Throws: `CollaGANError.Code.badConfiguration`. Where the log does not say, checkpoints do, later.
    static func requireSame(_ model: ModelFile?, in folder: String) throws(CollaGANError) {
        guard case .start(let begun)? = TrainingLog.read(in: folder).first,
            let mismatch = TrainingConfiguration.Start.Model.mismatch(
                model?.origin, begun: begun.configuration.start?.model)
        else { return }
        throw CollaGANError(.badConfiguration, path: folder, "\(folder): \(mismatch)")
    }
}

extension ModelFile {
    /// As a training's configuration names it.
    var origin: TrainingConfiguration.Start.Model {
        TrainingConfiguration.Start.Model(description, sha256: sha256)
    }
}
