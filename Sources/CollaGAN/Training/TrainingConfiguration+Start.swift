import NeuralNet
import Preprocessing

/// Trainings that start from a model instead of from nothing (docs/explanation/training.md).
extension TrainingConfiguration {
    /// What is taken over of the model besides its network, and which model that is.
    package struct Start: Sendable, Codable, Equatable {
        package enum Choice: String, Sendable, Codable, CaseIterable {
            /// As the model has it.
            case keep
            /// From the training patients.
            case refit
        }

        /// A model by name and bytes.
        package struct Model: Sendable, Codable, Equatable, CustomStringConvertible {
            package var name: String
            /// Of the weight file, hexadecimal.
            package var sha256: String
            /// Contrasts that it has encoders of.
            package var encoders: [String]

            package init(_ description: ModelDescription, sha256: String) {
                (name, self.sha256) = (description.name, sha256)
                encoders = description.contrasts + description.emptyEncoders
            }

            package var description: String { "\(name) (\(sha256))" }

            /// What is wrong where a training goes on that started from another model; nil if nothing is.
            ///
            /// - Parameters:
            ///   - now: what is given; nil for nothing.
            ///   - begun: what the training started from.
            package static func mismatch(_ now: Model?, begun: Model?) -> String? {
                guard now != begun else { return nil }
                func name(_ model: Model?) -> String { model?.description ?? "nothing" }
                return "this training started from \(name(begun)), not from \(name(now)); resume it "
                    + (begun == nil ? "without --from" : "with that model as --from")
                    + ", or start anew with --overwrite"
            }
        }

        /// By what imputed images are multiplied.
        package var scales = Choice.refit
        /// The regression beside the network.
        package var skip = Choice.keep
        /// Nil only as long as it is not known: a configuration that is trained names it.
        package var model: Model?

        package init() {}
    }

    /// Contrasts of the model that the training does without: their encoders stay, as what they make of an empty image
    /// is part of what the others are synthesised from.
    var emptyEncoders: [String] { (start?.model?.encoders ?? []).filter { !contrasts.contains($0) } }

    /// Takes over what a model fixes: a key that is not given takes the model's value.
    ///
    /// - Parameters:
    ///   - model: what the training starts from.
    ///   - sha256: of its file.
    ///   - given: keys that somebody set on purpose.
    /// - Throws: `ModelError.Code.configuration` naming the first given value that the model contradicts, and the
    ///   model's.
    package mutating func start(
        from model: CollaGANModel, sha256: String, given: Set<CodingKeys>
    ) throws(ModelError) {
        let description = model.description
        func require<Value: Equatable>(_ key: CodingKeys, _ value: Value, _ fixed: Value) throws(ModelError) {
            guard given.contains(key), value != fixed else { return }
            throw ModelError(
                .configuration, "",
                "\(key.rawValue): \(value) is given, but \(description.name), which it starts from, has \(fixed); leave the key out"
            )
        }
        for (name, method) in [("this configuration", self.method), (description.name, description.method)]
        where !method.kind.keys.contains(.start) {
            throw ModelError(
                .configuration, "",
                "\(name) is of method \(method.rawValue), whose trainings start from nothing; leave out --from")
        }
        guard description.normalisation == Normalisation(description.normalisation.kind) else {
            throw ModelError(
                .configuration, "",
                "\(description.name) normalises to \(description.normalisation.level), clipped at \(description.normalisation.ceiling), which no training of this version does; start from another model"
            )
        }
        try require(.ngf, ngf, description.ngf)
        try require(.encoderWidth, encoderWidth ?? 0, description.encoderWidth)
        try require(.spacing, spacing, description.spacing)
        try require(.normalisation, normalisation.rawValue, description.normalisation.kind.rawValue)
        try require(.hasRegressionBranch, hasRegressionBranch, model.hasRegressionBranch)
        (ngf, encoderWidth, spacing) = (description.ngf, description.encoderWidth, description.spacing)
        (normalisation, hasRegressionBranch) = (description.normalisation.kind, model.hasRegressionBranch)
        if !given.contains(.contrasts) { contrasts = description.contrasts }
        if !given.contains(.crop) { crop = description.crop }
        if !given.contains(.testTimeFlip) { testTimeFlip = description.testTimeFlip }
        guard contrasts.contains(where: description.contrasts.contains) else {
            throw ModelError(
                .configuration, "",
                "contrasts: \(description.name), which it starts from, knows none of \(contrasts.joined(separator: ", ")), only \(description.contrasts.joined(separator: ", ")); name at least one of them as the model does"
            )
        }
        let known = Start.Model(description, sha256: sha256)
        var start = start ?? Start()
        if let asked = start.model, asked != known {
            throw ModelError(
                .configuration, "",
                "start.model: \(asked) is given, but it starts from \(known); give that model with --from")
        }
        guard start.skip == .keep || model.hasRegressionBranch else {
            throw ModelError(
                .configuration, "",
                "start.skip: refit is given, but \(description.name), which it starts from, has no regression beside the network; leave the key out"
            )
        }
        start.model = known
        self.start = start
    }
}
