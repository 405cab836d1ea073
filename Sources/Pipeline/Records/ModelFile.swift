import CollaGAN
import Foundation

/// A trained model and the bytes it came from.
public struct ModelFile: Sendable {
    /// Where it was read from.
    public let path: String
    /// SHA-256 of the file.
    public let sha256: String
    public let model: CollaGANModel

    public var description: ModelDescription { model.description }

    /// Reads a weight file.
    /// - Throws: `PipelineError.Code.badModel`, or `.unreadable`.
    public init(path: String) throws(PipelineError) {
        guard FileManager.default.fileExists(atPath: path) else {
            throw PipelineError(.badModel, path: path, "\(path): no such model file; check --model")
        }
        self.path = path
        do {
            model = try CollaGANModel.load(path)
        } catch {
            throw PipelineError(.badModel, path: path, error.message)
        }
        sha256 = try FileHash.sha256(path)
    }

    /// Where the shipped model lies: `$COLLAGAN_MODEL`, else the first `Pipelines/models/*.safetensors` beside the
    /// executable or in a folder above it.
    /// - Throws: `PipelineError.Code.badModel` if there is none.
    public static func shippedPath(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: String = FilePath.resolved("/proc/self/exe")
    ) throws(PipelineError) -> String {
        if let path = environment["COLLAGAN_MODEL"], !path.isEmpty {
            guard FileManager.default.fileExists(atPath: path) else {
                throw PipelineError(
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
        throw PipelineError(
            .badModel, path: executable,
            "no model: none lies in Pipelines/models beside the program; give one with --model FILE or COLLAGAN_MODEL")
    }
}
