import CollaGAN
import Files
import Foundation
import Patients
import Records

/// A trained model and the bytes it came from.
package struct ModelFile: Sendable {
    /// Where it was read from.
    package let path: String
    /// SHA-256 of the file.
    package let sha256: String
    package let model: CollaGANModel
    /// Index of the contrast of which everything is to be made; nil where the model chooses.
    package let source: Int?

    package var description: ModelDescription { model.description }

    /// Reads a weight file.
    /// - Parameter option: that named it.
    /// - Throws: `CollaGANError.Code.badModel`, or `.unreadable`.
    package init(path: String, option: String = "--model") throws(CollaGANError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw CollaGANError(.badModel, path: path, "\(path): no such model file; check \(option)")
        }
        (self.path, source) = (path, nil)
        do {
            model = try CollaGANModel.load(path)
        } catch {
            throw CollaGANError(.badModel, path: path, error.message)
        }
        sha256 = try FileHash.sha256(path)
    }

    private init(_ file: ModelFile, source: Int) {
        (path, sha256, self.source) = (file.path, file.sha256, source)
        model = file.model.described(as: file.description.using(source: source))
    }

    /// The same model, making everything of one contrast.
    /// - Parameter name: of the contrast, in the model's words or others'; nil lets the model choose.
    /// - Throws: `CollaGANError.Code.badConfiguration` for a contrast that the model does not know, or a model that takes all.
    package func using(source name: String?) throws(CollaGANError) -> ModelFile {
        guard let name else { return self }
        let contrasts = description.contrasts
        guard !description.sources.isEmpty else {
            throw CollaGANError(
                .badConfiguration, path: path,
                "\(path): is of method \(description.method.rawValue), which makes a contrast of all that are there; leave out --from \(name)"
            )
        }
        guard let index = ContrastVocabulary.name(name, among: contrasts).flatMap(contrasts.firstIndex) else {
            throw CollaGANError(
                .badConfiguration, path: path,
                "source '\(name)': the model does not know this contrast, only \(contrasts.joined(separator: ", "))")
        }
        return ModelFile(self, source: index)
    }

    /// Where the shipped model lies: `$COLLAGAN_MODEL`, else the first `Pipelines/models/*.safetensors` beside the
    /// executable or in a folder above it.
    /// - Throws: `CollaGANError.Code.badModel` if there is none.
    package static func shippedPath(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: String = FilePath.resolved("/proc/self/exe")
    ) throws(CollaGANError) -> String {
        if let path = environment["COLLAGAN_MODEL"], !path.isEmpty {
            guard FileManager.default.fileExists(atPath: path) else {
                throw CollaGANError(
                    .badModel, path: path,
                    "\(path): no such model file, but COLLAGAN_MODEL names it; correct or unset it")
            }
            return path
        }
        var folder = FilePath.folder(executable)
        while folder != "/", folder != "." {
            let models = "\(folder)/Pipelines/models"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: models)) ?? []
            if let name = names.sorted().first(where: { $0.hasSuffix(".safetensors") }) { return "\(models)/\(name)" }
            folder = FilePath.folder(folder)
        }
        throw CollaGANError(
            .badModel, path: executable,
            "no model: none lies in Pipelines/models beside the program; give one with --model FILE or COLLAGAN_MODEL")
    }
}

extension ModelRecord {
    init(_ file: ModelFile) {
        self.init(name: file.description.name, sha256: file.sha256)
    }
}
