import CollaGAN
import Files
import Preprocessing

/// What a weight file is, for `model info`.
package struct ModelInformation: Encodable, Sendable {
    package let file: String
    package let sha256: String
    package let name: String
    package let method: MethodName
    /// Of a model of one input, by contrast what it is made of, the best first; empty for one that takes all.
    package let sources: [String: [String]]
    /// Residual blocks of each generator; 0 where it has none.
    package let blocks: Int
    package let ngf: Int
    package let encoderWidth: Int
    /// Contrasts that the model was taught to do without.
    package let emptyEncoders: [String]
    /// Trainable values of the generators.
    package let parameters: Int
    package let generators: Int
    /// 10⁹ multiply-adds of one contrast of one slice of 240×240, one pass, without a regression beside it.
    package let gmac: Double
    package let contrasts: [String]
    package let crop: ModelDescription.Crop
    /// mm.
    package let spacing: Double
    package let normalisation: Normalisation
    /// Voxel value of normalised intensity 1, by contrast.
    package let referenceScales: [String: Float]
    /// "FLAIR from T1, T2" for every regression that the file holds.
    package let regressions: [String]
    /// NMSE that the self-check (method.md §7) usually gives, by imputed contrast and contrast made again; empty where the
    /// file does not say.
    package let selfCheck: [String: [String: Double]]
    package let provenance: [String: String]

    package init(_ file: ModelFile) {
        let description = file.description
        self.file = file.path
        sha256 = file.sha256
        (name, method, blocks) = (description.name, description.method, description.blocks)
        sources = Dictionary(
            zip(description.contrasts, description.sources.map { $0.map { description.contrasts[$0] } }),
            uniquingKeysWith: { first, _ in first })
        (ngf, encoderWidth) = (description.ngf, description.encoderWidth)
        emptyEncoders = description.emptyEncoders
        contrasts = description.contrasts
        crop = description.crop
        parameters = file.model.parameterCount
        let cost = file.model.cost(height: 240, width: 240)
        (generators, gmac) = (cost.generators, Double(cost.multiplyAdds) / 1e9)
        spacing = description.spacing
        normalisation = description.normalisation
        referenceScales = Dictionary(
            zip(description.contrasts, description.referenceScales), uniquingKeysWith: { first, _ in first })
        regressions = description.regressions.filter {
            $0.isConsistent(contrastCount: description.contrasts.count)
        }.map { regression in
            let inputs = regression.inputs.map { description.contrasts[$0] }.joined(separator: ", ")
            return "\(description.contrasts[regression.target]) from \(inputs)"
        }
        selfCheck = description.selfCheck.reduce(into: [:]) { table, usual in
            table[description.contrasts[usual.target], default: [:]][description.contrasts[usual.contrast]] = usual.nmse
        }
        provenance = description.provenance
    }

    /// For people.
    package func text() -> String {
        let scales = contrasts.map { "\($0) \(referenceScales[$0] ?? 1)" }.joined(separator: ", ")
        var lines = [
            "\(name)  (\(file))", "  sha256: \(sha256)",
            "  method: \(method.rawValue)",
            "  \(Wording.count(generators, "generator")): ngf \(ngf)\(shape), \(parameters) parameters, "
                + "\((gmac * 10).rounded() / 10) GMAC for a slice of 240×240",
            "  contrasts: \(contrasts.joined(separator: ", "))"
                + (emptyEncoders.isEmpty ? "" : ", without \(emptyEncoders.joined(separator: ", "))"),
            "  crop: \(crop.height)×\(crop.width) pixels of \(spacing) mm",
            "  normalisation: \(normalisation.statistic) of the brain becomes \(normalisation.level), clipped at \(normalisation.ceiling)",
            "  reference scales: \(scales)",
            "  regressions: \(regressions.isEmpty ? "none" : regressions.joined(separator: "; "))",
            "  usual NMSE of the self-check: \(selfCheck.isEmpty ? "not known" : usualErrors())",
        ]
        if !sources.isEmpty {
            let lists = contrasts.map { "\($0) of \(sources[$0, default: []].joined(separator: ", "))" }
            lines.append("  one source, the best first: \(lists.joined(separator: "; "))")
        }
        lines += provenance.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
        return lines.joined(separator: "\n")
    }

    /// What the generator's width does not say.
    private var shape: String {
        if method == .collagan { return ", encoders \(encoderWidth)" }
        return blocks > 0 ? ", \(Wording.count(blocks, "residual block"))" : ""
    }

    /// "FLAIR imputed: T1 0.0123, T2 0.0234" for every imputed contrast.
    private func usualErrors() -> String {
        contrasts.compactMap { target in
            selfCheck[target].map { usual in
                let numbers = contrasts.compactMap { name in
                    usual[name].map { "\(name) \(($0 * 1e4).rounded() / 1e4)" }
                }
                return "\(target) imputed: \(numbers.joined(separator: ", "))"
            }
        }.joined(separator: "; ")
    }
}

/// Comparison of a weight file with golden tensors (method.md §9), for `model verify`.
package enum ModelVerifier {
    /// The result as JSON and whether it passed.
    /// - Throws: `CollaGANError.Code.badModel` if a file cannot be used at all.
    package static func verify(weights: String, case path: String) throws(CollaGANError) -> (json: String, passed: Bool)
    {
        let result: VerificationResult
        do {
            result = try ModelVerification.verify(weights: weights, case: path)
        } catch {
            throw CollaGANError(.badModel, path: weights, error.message)
        }
        return (String(decoding: try JSONFile.encode(result), as: UTF8.self), result.passed)
    }
}
