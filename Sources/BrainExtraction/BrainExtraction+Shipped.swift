import Files
import Foundation
import NeuralNet

extension BrainExtraction {
    /// Names the weight file where it is not the shipped one.
    package static let variable = "COLLAGAN_BRAIN_MODEL"

    /// Where the shipped weights lie: `$COLLAGAN_BRAIN_MODEL`, else the first `Pipelines/models/brain/*.safetensors` beside the
    /// executable or in a folder above it. No generator lies in that folder, and none is looked for there.
    ///
    /// - Throws: `ModelError.Code.missing` if there is none.
    package static func shippedPath(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: String = FilePath.resolved("/proc/self/exe")
    ) throws(ModelError) -> String {
        if let path = environment[variable], !path.isEmpty {
            guard FilePath.isRegularFile(path) else {
                throw ModelError(.missing, path, "no such file, but \(variable) names it; correct or unset it")
            }
            return path
        }
        var folder = FilePath.folder(executable)
        while folder != "/", folder != "." {
            let models = "\(folder)/Pipelines/models/brain"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: models)) ?? []
            if let name = names.sorted().first(where: { $0.hasSuffix(".safetensors") }) { return "\(models)/\(name)" }
            folder = FilePath.folder(folder)
        }
        throw ModelError(
            .missing, executable,
            "no weights of the brain network lie in Pipelines/models/brain beside the program; name them by \(variable)"
        )
    }
}
