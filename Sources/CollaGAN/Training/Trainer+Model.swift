import Foundation
import NeuralNet
import Preprocessing
import Tensors

/// The model that a training makes.
extension Trainer {
    /// The model as it stands: averaged weights where the configuration asks for them.
    package func model() -> CollaGANModel {
        CollaGANModel(describe(), network: checkpoint.method.synthesis, values: checkpoint.average?.values)
    }

    /// All that were used, in the order of their first use.
    private func distinct(_ part: KeyPath<ComputingRecord, String>) -> String {
        var values: [String] = []
        for value in computed.map({ $0[keyPath: part] }) where !values.contains(value) { values.append(value) }
        return values.joined(separator: ", ")
    }

    private func describe() -> ModelDescription {
        let scales = configuration.contrasts.enumerated().map { index, contrast in
            let before = origin.flatMap { origin in
                origin.contrasts.firstIndex(of: contrast).map { origin.referenceScales[$0] }
            }
            if configuration.start?.scales == .keep, let before { return before }
            return median(patients.compactMap { $0.scales[index] }) ?? before ?? 1
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let settings = (try? encoder.encode(configuration)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        var provenance = [
            "patients": patients.map(\.name).joined(separator: ","), "steps": String(step),
            "slices": String(sampler.count), "configuration": settings,
            "instructionSet": distinct(\.instructionSet), "precision": distinct(\.precision),
        ]
        if let model = configuration.start?.model, let origin {
            provenance["from"] = model.description
            let before = origin.patientsInWeights
            if !before.isEmpty { provenance["fromPatients"] = before.joined(separator: ",") }
        }
        if !validation.isEmpty { provenance["validation"] = validation.map(\.name).joined(separator: ",") }
        var description = ModelDescription(
            name: configuration.name, ngf: configuration.ngf, encoderWidth: configuration.encoderWidth,
            contrasts: configuration.contrasts, crop: configuration.crop, spacing: configuration.spacing,
            normalisation: Normalisation(configuration.normalisation), referenceScales: scales,
            regressions: regressions,
            testTimeFlip: configuration.testTimeFlip, provenance: provenance)
        description.emptyEncoders = configuration.emptyEncoders
        (description.method, description.blocks) = (configuration.method, configuration.blocks)
        let all = configuration.contrasts.indices
        if configuration.method.kind.takesOneInput {
            description.sources = ledger.sources ?? all.map { target in all.filter { $0 != target } }
        }
        return description
    }
}

extension ModelDescription {
    /// Names of all patients that the weights were trained on, those of the models that it started from among them, as
    /// far as the file tells.
    package var patientsInWeights: [String] {
        let names = ["patients", "fromPatients"].flatMap {
            (provenance[$0] ?? "").split(separator: ",").map(String.init)
        }
        return Set(names).sorted()
    }
}

private func median(_ values: [Float]) -> Float? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
