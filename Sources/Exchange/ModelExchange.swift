import CollaGAN
import Files
import Foundation
import NeuralNet

/// A model for other runtimes, and back.
package struct ModelExchange {
    /// What a model can be written as.
    package enum Format: String, CaseIterable, Sendable {
        /// A graph for onnxruntime, OpenVINO and others.
        case onnx
        /// A state dictionary (safetensors) for a PyTorch module.
        case pytorch
    }

    /// Most that a file in Protocol Buffers may hold.
    private static let largest = 1 << 31 - 1

    let model: CollaGANModel
    let path: String
    /// SHA-256 of the weight file.
    let sha256: String
    let licence: String?

    /// - Parameters:
    ///   - path: of the weight file, for errors; `sha256`: of its bytes.
    ///   - licence: of the weights, for the metadata; what the provenance says if nil.
    /// - Throws: `ModelError.Code.unsupported` for another method's networks.
    package init(
        _ model: CollaGANModel, path: String, sha256: String, licence: String? = nil
    ) throws(ModelError) {
        let method = model.description.method
        guard method == .collagan else {
            throw ModelError(
                .unsupported, path,
                "is a \(method.rawValue) model; only collagan's can be exported: read its weights from the file"
                    + " itself (safetensors)")
        }
        (self.model, self.path, self.sha256) = (model, path, sha256)
        self.licence = licence ?? model.description.provenance["licence"]
    }

    /// The generator as an ONNX file; normalisation is the caller's and described in the metadata.
    ///
    /// - Parameter isDynamic: whether batch, height and width are free; else one slice of the training crop.
    /// - Throws: `ModelError.Code.unsupported` for a generator that is too large for one file.
    package func onnx(isDynamic: Bool) throws(ModelError) -> Data {
        guard 4 * model.parameterCount + 1 << 20 < Self.largest else {
            throw ModelError(
                .unsupported, path,
                "has \(model.parameterCount) weights, more than one ONNX file holds (2 GB);"
                    + " export it with --format pytorch")
        }
        let file = model.file
        let graph = GeneratorGraph(model.description, file.tensors, isDynamic: isDynamic)
        return graph.model(
            producer: (Software.name, Software.version), description: card, metadata: metadata(file))
    }

    /// The generator as a state dictionary, the description as its metadata.
    package func pytorch() -> Safetensors {
        let file = model.file
        var result = Safetensors(metadata: metadata(file))
        for (own, torch) in names(file).names { result.tensors[torch] = file.tensors[own] }
        return result
    }

    /// The model that a state dictionary is of.
    ///
    /// - Parameters:
    ///   - file: as `pytorch()` gives it, or of a module of the same layers.
    ///   - like: whose description is taken where the file has none.
    ///   - name: of the new model; that of the description if nil.
    /// - Throws: `ModelError` if the tensors are not those of a generator as described.
    package static func model(
        fromPyTorch file: Safetensors, path: String, like: CollaGANModel?, name: String? = nil
    ) throws(ModelError) -> CollaGANModel {
        guard var metadata = file.metadata["ngf"] != nil ? file.metadata : like?.file.metadata else {
            throw ModelError(
                .mismatch, path,
                "does not say which contrasts it is for; name a model of the same contrasts and width with --like")
        }
        for key in ["sha256", "licence", "modelCard", "cropMultiple", "software"] { metadata[key] = nil }
        if file.metadata["ngf"] == nil, let like {
            // Whom it was trained on, and how well, is not known of these weights.
            metadata["selfCheck"] = nil
            metadata["provenance"] = (try? JSONEncoder().encode(["describedAs": like.description.name]))
                .map { String(decoding: $0, as: UTF8.self) }
        }
        metadata["name"] = name ?? metadata["name"]
        let description = try ModelDescription(metadata: metadata, path: path)
        let names = StateDictionary(
            encoders: description.contrasts.count + description.emptyEncoders.count,
            hasSkip: file.tensors["skip"] != nil
        ).names
        var result = Safetensors(metadata: metadata)
        for (own, torch) in names {
            guard let tensor = file.tensors[torch] else {
                throw ModelError(
                    .mismatch, path, "has no tensor '\(torch)'; it is not a state dictionary of the generator")
            }
            result.tensors[own] = tensor
        }
        let known = Set(names.map(\.torch))
        if let other = file.tensors.keys.sorted().first(where: { !known.contains($0) }) {
            throw ModelError(
                .mismatch, path, "has a tensor '\(other.prefix(80))' that the generator does not know; leave it out")
        }
        return try CollaGANModel(result, path: path)
    }

    private func names(_ file: Safetensors) -> StateDictionary {
        StateDictionary(
            encoders: model.description.contrasts.count + model.description.emptyEncoders.count,
            hasSkip: file.tensors["generator.skip.weight"] != nil)
    }

    private func metadata(_ file: Safetensors) -> [String: String] {
        var metadata = file.metadata
        metadata["cropMultiple"] = "16"
        metadata["sha256"] = sha256
        metadata["licence"] = licence ?? "not stated"
        metadata["modelCard"] = card
        metadata["software"] = "\(Software.name) \(Software.version)"
        return metadata
    }

    /// What the model is, for whoever has nothing but the file.
    private var card: String {
        let description = model.description
        let normalisation = description.normalisation
        let patients = description.provenance["patients"].map { $0.split(separator: ",").count }
        return """
            \(description.name): CollaGAN generator (arXiv:1901.09764, arXiv:1905.04105), ngf \(description.ngf), \
            \(model.parameterCount) weights\(model.hasRegressionBranch ? ", with a regression skip" : ""). Synthesises one of \
            \(description.contrasts.joined(separator: ", ")) from any of the others, slice by slice.
            Trained on \(patients.map { "\($0) patients" } ?? "patients that the weight file does not name").
            Input: axial slices of the brain, rows from posterior to anterior, columns from left to right, pixels of \
            \(description.spacing) mm, sides multiples of 16 (trained at \(description.crop.height)×\(description.crop.width), \
            centred on the brain); each contrast min(max(v, 0) / scale, \(normalisation.ceiling)) inside the brain, 0 outside, \
            scale = \(normalisation.statistic) in the brain / \(normalisation.level).
            Output: normalised intensities; set them to 0 outside the brain and multiply by the contrast's referenceScales.\
            \(description.testTimeFlip ? " The mean of a slice's output and of its mirror image's, mirrored back, is the result." : "")
            Research use only: not a medical device. Enhancement by gadolinium cannot be recovered from other contrasts; small \
            lesions can be missing or invented.
            Licence of the weights: \(licence ?? "not stated").
            """
    }
}
