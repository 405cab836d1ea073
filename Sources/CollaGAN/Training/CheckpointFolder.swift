import Files
import Foundation
import NeuralNet

/// The last checkpoints of a training: `checkpoints/step-00000500.safetensors` and so on.
struct CheckpointFolder {
    static let name = "checkpoints"
    private static let (prefix, suffix) = ("step-", ".safetensors")

    private let path: String

    /// - Parameter output: the training's output folder.
    init(in output: String) {
        path = "\(output)/\(Self.name)"
    }

    /// Steps of which there is a checkpoint, ascending.
    var steps: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
            return Int(name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count))
        }.sorted()
    }

    /// Writes the checkpoint of a step, then tidies up.
    func save(_ checkpoint: Checkpoint, _ position: Checkpoint.Position, keep: Int) throws(ModelError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ModelError(.unwritable, path, "cannot be made; check the folder's rights and free space")
        }
        try checkpoint.write(position, to: file(position.step))
        tidy(at: position.step, keep: keep)
    }

    /// Removes all but the last `keep` checkpoints up to a step, those of later steps, which were damaged or belong to
    /// a course that was left, and what a kill in the middle of writing left.
    func tidy(at step: Int, keep: Int) {
        let kept = steps.filter { $0 <= step }.suffix(keep)
        for step in steps where !kept.contains(step) { Disk.current.remove(file(step)) }
        removeLeftovers()
    }

    /// Restores the last checkpoint that is sound.
    ///
    /// - Returns: its position, and one line for each later one that is damaged.
    /// - Throws: `ModelError` if there is none, or it belongs to another training.
    func restore(
        _ checkpoint: Checkpoint, expecting owner: Checkpoint.Owner
    ) throws(ModelError) -> (position: Checkpoint.Position, warnings: [String]) {
        var warnings: [String] = []
        var first: ModelError?
        for step in steps.reversed() {
            do throws(ModelError) {
                return (try checkpoint.restore(from: file(step), expecting: owner), warnings)
            } catch {
                guard error.code != .configuration else { throw error }
                first = first ?? error
                warnings.append("\(error.message); going on from the checkpoint before")
            }
        }
        throw first ?? ModelError(.missing, path, "holds no checkpoint; train without --resume")
    }

    /// Where the last checkpoint stands; nil if there is none or it is damaged.
    var lastPosition: Checkpoint.Position? {
        guard let path = steps.last.map(file), let content = try? Safetensors.read(path, needsChecksum: true) else {
            return nil
        }
        return try? Checkpoint.position(in: content, path)
    }

    /// Removes all checkpoints.
    func clear() {
        for step in steps { Disk.current.remove(file(step)) }
        removeLeftovers()
    }

    private func file(_ step: Int) -> String {
        let digits = String(step)
        let zeros = String(repeating: "0", count: max(0, 8 - digits.count))
        return "\(path)/\(Self.prefix)\(zeros)\(digits)\(Self.suffix)"
    }

    /// What a kill in the middle of writing left.
    private func removeLeftovers() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where name.hasPrefix(".\(Self.prefix)") && name.hasSuffix(".tmp") {
            Disk.current.remove("\(path)/\(name)")
        }
    }
}
