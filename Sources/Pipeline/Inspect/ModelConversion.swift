import CollaGAN
import Exchange
import Files
import Foundation
import NeuralNet

/// What `model export` and `model import` wrote.
package struct ModelConversion: Encodable, Sendable {
    /// Kinds of file that a model can be exported as.
    package typealias Format = ModelExchange.Format

    package let file: String
    /// "onnx", "pytorch" or "collagan".
    package let format: String
    /// Name of the model.
    package let name: String
    package let bytes: Int
    package let sha256: String
    /// Weight file that it was made from, and its SHA-256.
    package let source: String
    package let sourceSHA256: String

    /// Writes a model for other runtimes, whole or not at all.
    /// - Parameters:
    ///   - isDynamic: ONNX: whether batch, height and width are free.
    ///   - licence: of the weights, for the metadata; if nil, what the provenance says, else a line `Licence: …` of the `README.md` beside them if it names the file.
    /// - Throws: `CollaGANError.Code.badModel`, or `.unwritable`.
    package static func export(
        _ model: ModelFile, as format: Format, isDynamic: Bool, licence: String?, to path: String
    ) throws(CollaGANError) -> ModelConversion {
        try refuse(path, over: model.path)
        do {
            let exchange = try ModelExchange(
                model.model, path: model.path, sha256: model.sha256,
                licence: licence ?? model.description.provenance["licence"] ?? licenceBeside(model.path))
            switch format {
            case .onnx: try AtomicFile.write(exchange.onnx(isDynamic: isDynamic), to: path)
            case .pytorch: try exchange.pytorch().write(to: path)
            }
        } catch {
            throw refusal(error, model.path)
        }
        return try ModelConversion(path, format.rawValue, model.description.name, from: model.path, model.sha256)
    }

    /// Writes the weight file that a PyTorch state dictionary is of, whole or not at all.
    /// - Parameters:
    ///   - like: a weight file whose description is taken where the state dictionary has none.
    ///   - name: of the model; that of the description if nil.
    /// - Throws: `CollaGANError.Code.badModel`, or `.unwritable`.
    package static func importing(
        _ source: String, like: String?, name: String?, to path: String
    ) throws(CollaGANError) -> ModelConversion {
        let base: ModelFile? = if let like { try ModelFile(path: like, option: "--like") } else { nil }
        try refuse(path, over: source)
        let model: CollaGANModel
        do {
            model = try ModelExchange.model(
                fromPyTorch: Safetensors.read(source), path: source, like: base?.model, name: name)
            try model.save(to: path)
        } catch {
            throw refusal(error, source)
        }
        return try ModelConversion(
            path, Software.name, model.description.name, from: source, FileHash.sha256(source))
    }

    private init(
        _ path: String, _ format: String, _ name: String, from source: String, _ sourceSHA256: String
    ) throws(CollaGANError) {
        (file, self.format, self.name) = (path, format, name)
        (self.source, self.sourceSHA256) = (source, sourceSHA256)
        bytes = ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int) ?? 0
        sha256 = try FileHash.sha256(path)
    }

    /// For people.
    package var text: String { "\(file): \(name) as \(format), \(bytes) bytes, SHA-256 \(sha256)" }

    private static func licenceBeside(_ path: String) -> String? {
        let (card, key) = ("\(FilePath.folder(path))/README.md", "Licence: ")
        guard FilePath.isRegularFile(card), let text = try? String(contentsOfFile: card, encoding: .utf8),
            text.contains(FilePath.name(path))
        else { return nil }
        return text.split(separator: "\n").first { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) }
    }

    private static func refuse(_ path: String, over source: String) throws(CollaGANError) {
        guard FilePath.resolved(path) != FilePath.resolved(source) else {
            throw CollaGANError(
                .unwritable, path: path, "\(path): is the file that is read; give another name with --out")
        }
    }

    private static func refusal(_ error: any Error, _ path: String) -> CollaGANError {
        switch error {
        case let error as CollaGANError: error
        case let error as ModelError:
            CollaGANError(error.code == .unwritable ? .unwritable : .badModel, path: path, error.message)
        default: CollaGANError(.badModel, path: path, "\(path): \(error)")
        }
    }
}
