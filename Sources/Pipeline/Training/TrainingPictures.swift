import CollaGAN
import Files
import Foundation
import Reports

/// `samples/`: what the report shows of one held-out patient, one PNG per contrast and moment.
struct TrainingPictures {
    static let name = "samples"

    /// What a picture shows.
    enum Kind {
        case acquired
        case regression
        /// The network after that step.
        case network(step: Int)

        fileprivate var name: String {
            switch self {
            case .acquired: "acquired"
            case .regression: "regression"
            case .network(let step): "step-" + String(repeating: "0", count: max(0, 8 - "\(step)".count)) + "\(step)"
            }
        }
    }

    private let folder: String
    private let contrasts: [String]

    init(in output: String, contrasts: [String]) {
        (folder, self.contrasts) = ("\(output)/\(Self.name)", contrasts)
    }

    /// Removes what an earlier training left.
    func clear() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Removes what a kill in the middle of writing left.
    func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(".") && name.hasSuffix(".tmp") { unlink("\(folder)/\(name)") }
    }

    /// Writes one picture for each contrast that is there.
    func write(_ sample: ValidationSample, _ kind: Kind) throws(CollaGANError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CollaGANError(.unwritable, path: folder, "\(folder): cannot be made; check the folder's rights")
        }
        for (contrast, image) in sample.images.enumerated() {
            guard let image else { continue }
            try AtomicFile.write(
                Data(SliceColumn.png(image, brain: sample.brain)), to: path(kind, contrast))
        }
    }

    /// A picture's bytes, nil where there is none.
    func read(_ kind: Kind, contrast: Int) -> Data? {
        let path = path(kind, contrast)
        return FilePath.isRegularFile(path) ? FileManager.default.contents(atPath: path) : nil
    }

    private func path(_ kind: Kind, _ contrast: Int) -> String {
        "\(folder)/\(kind.name)_\(contrast + 1)-\(ResultNames.safe(contrasts[contrast])).png"
    }
}
