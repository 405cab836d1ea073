import CollaGAN

/// What a weight file is, for `model info`.
public struct ModelInformation: Encodable, Sendable {
    public let file: String
    public let sha256: String
    public let name: String
    public let ngf: Int
    /// Trainable values of the generator.
    public let parameters: Int
    public let contrasts: [String]
    public let crop: ModelDescription.Crop
    /// mm.
    public let spacing: Double
    /// Voxel value of normalised intensity 1, by contrast.
    public let referenceScales: [String: Float]
    /// "FLAIR from T1, T2" for every regression that the file holds.
    public let regressions: [String]
    /// NMSE that the self-check (METHOD §7) usually gives, by imputed contrast and contrast made again; empty where the
    /// file does not say.
    public let selfCheck: [String: [String: Double]]
    public let provenance: [String: String]

    public init(_ file: ModelFile) {
        let description = file.description
        self.file = file.path
        sha256 = file.sha256
        (name, ngf, contrasts, crop) = (description.name, description.ngf, description.contrasts, description.crop)
        parameters = file.model.parameterCount
        spacing = description.spacing
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
    public func text() -> String {
        let scales = contrasts.map { "\($0) \(referenceScales[$0] ?? 1)" }.joined(separator: ", ")
        var lines = [
            "\(name)  (\(file))", "  sha256: \(sha256)", "  generator: ngf \(ngf), \(parameters) parameters",
            "  contrasts: \(contrasts.joined(separator: ", "))",
            "  crop: \(crop.height)×\(crop.width) pixels of \(spacing) mm", "  reference scales: \(scales)",
            "  regressions: \(regressions.isEmpty ? "none" : regressions.joined(separator: "; "))",
            "  usual NMSE of the self-check: \(selfCheck.isEmpty ? "not known" : usualErrors())",
        ]
        lines += provenance.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
        return lines.joined(separator: "\n")
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

/// Comparison of a weight file with golden tensors (METHOD §9), for `model verify`.
public enum ModelVerifier {
    /// The result as JSON and whether it passed.
    /// - Throws: `PipelineError.Code.badModel` if a file cannot be used at all.
    public static func verify(weights: String, case path: String) throws(PipelineError) -> (json: String, passed: Bool)
    {
        let result: VerificationResult
        do {
            result = try ModelVerification.verify(weights: weights, case: path)
        } catch {
            throw PipelineError(.badModel, path: weights, error.message)
        }
        return (String(decoding: try JSONFile.encode(result), as: UTF8.self), result.passed)
    }
}
