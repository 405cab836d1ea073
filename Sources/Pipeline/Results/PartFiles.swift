import Files
import Foundation

/// Journals and locks of parts, in a folder of their own inside the folder of results.
enum PartFiles {
    /// Relative to the folder of results, as all names here.
    static let folder = ".collagan"

    static func journal(_ part: PartIdentity) -> String { "\(folder)/\(part.name)\(PartIdentity.ending)" }
    static func lock(_ part: PartIdentity) -> String { "\(folder)/\(part.name)\(OutputLock.ending)" }

    /// Those of whom there are journals, by number, then by name. The folder is listed, not asked for names: other machines' new
    /// files show late on some file systems, but not later than in the list.
    static func parts(in output: String) -> [PartIdentity] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(output)/\(folder)")) ?? []
        return names.compactMap(PartIdentity.init(journal:)).sorted {
            ($0.number ?? .max, $0.count ?? .max, $0.name) < ($1.number ?? .max, $1.count ?? .max, $1.name)
        }
    }

    /// A part's journal; nil if it is damaged or there is none.
    static func read(_ part: PartIdentity, in output: String) -> RunManifest? {
        guard let manifest = JSONFile.read(RunManifest.self, from: "\(output)/\(journal(part))"),
            manifest.part?.number == part.number, manifest.part != nil,
            manifest.patients.allSatisfy({ OutputFolder.isInside($0.place) })
        else { return nil }
        return manifest
    }

    /// " (node1, process 4711)", as far as it is known who works on a part.
    static func holder(of part: PartIdentity, in output: String) -> String {
        read(part, in: output)?.part.map { " (\($0.host), process \($0.process))" } ?? ""
    }

    /// Refuses a part of another number of parts than those that are there.
    /// - Throws: `CollaGANError.Code.badConfiguration`.
    static func refuse(_ part: PartIdentity, in output: String) throws(CollaGANError) {
        guard let count = part.count,
            let other = parts(in: output).first(where: { $0.count != nil && $0.count != count })
        else { return }
        throw CollaGANError(
            .badConfiguration, path: output,
            "\(output): holds \(other.title), so \(part.title) would be another sharing out; give parts of"
                + " \(other.count ?? 0), or remove \(output)/\(folder) to share out anew: results stay")
    }

    /// The command that made what is there, told by one journal: no other joins them.
    static func command(in output: String) -> String? {
        parts(in: output).lazy.compactMap { read($0, in: output)?.command }.first
    }

    /// Removes all journals. Only for who holds the whole folder.
    static func remove(from output: String, on disk: Disk) {
        let path = "\(output)/\(folder)"
        if FileStatus(path, followsLinks: false)?.kind == .folder { disk.removeFolder(path) }
    }

    /// Removes what processes that were killed left beside the journals. Only for who holds the whole folder.
    static func clear(in output: String, on disk: Disk) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(output)/\(folder)")) ?? []
        for name in names where name.hasSuffix(AtomicFile.temporarySuffix) || name.hasSuffix(OutputLock.ending) {
            disk.remove("\(output)/\(folder)/\(name)")
        }
    }
}
