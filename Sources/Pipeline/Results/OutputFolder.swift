import CollaGAN
import Files
import Foundation
import Patients
import Volumes

/// The folder of results: created when a run starts, its own until the run ends, with a place where a patient's files wait
/// until all are there.
struct OutputFolder: Sendable {
    let path: String
    let disk: Disk
    /// The part of a batch that the run is; nil for a run over all.
    let part: PartIdentity?
    private let locks: FolderLocks
    private let isNew: Bool
    /// Which folder it was when the run began; another one of that name is not ours.
    private let identity: FileStatus.Identity?

    /// Creates the folder (and those above it), locks it or the part, and clears what a killed run of the same left half done.
    /// - Parameters:
    ///   - waiting: for how long, where another process holds the lock.
    ///   - tell: called once, when waiting begins, with what is waited for.
    /// - Throws: `CollaGANError.Code.unwritable`, `.busy` if another process is writing there.
    init(
        _ path: String, part: PartIdentity? = nil, on disk: Disk = .current, waiting: Duration = .zero,
        tell: (String) -> Void = { _ in }
    ) throws(CollaGANError) {
        self.path = FilePath.absolute(path)
        (self.disk, self.part) = (disk, part)
        isNew = !FileManager.default.fileExists(atPath: self.path)
        do {
            try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
            guard access(self.path, W_OK) == 0 else { throw POSIXError(.EACCES) }
        } catch {
            throw Self.failure(path)
        }
        locks = try FolderLocks.taken(
            in: self.path, called: path, part: part, on: disk, waiting: waiting, tell)
        identity = FileStatus(self.path)?.identity
        do {
            try clear()
        } catch {
            locks.release(isGone: false)
            throw Self.failure(path)
        }
    }

    /// Lets the next run in; what is half done goes, and the folder if this run made it and left it empty. Call once, last.
    func release() {
        guard FileStatus(path)?.identity == identity else { return locks.release(isGone: true) }
        try? clear()
        locks.release(isGone: !disk.allows(.remove(path)))
        if isNew { _ = disk.removeEmptyFolder(path) }
    }

    /// Whether nothing can be written any more: the folder is gone, another one has its name, or it may not be written to.
    var isLost: Bool {
        FileStatus(path)?.identity != identity || access(path, W_OK) != 0
    }

    /// Makes sure that the folder is the one that the run began with.
    /// - Throws: `CollaGANError.Code.outputLost`.
    func requireSame() throws(CollaGANError) {
        guard FileStatus(path)?.identity == identity else {
            throw CollaGANError(
                .outputLost, path: path,
                "\(path): is no longer the folder that the run began with (moved, removed or unmounted); put it back and run again"
            )
        }
    }

    /// The first link on the way to a place below a folder.
    static func link(to relative: String, in folder: String) -> String? {
        var place = folder
        for part in relative.split(separator: "/") {
            place += "/\(part)"
            guard let status = FileStatus(place, followsLinks: false) else { return nil }
            if status.kind == .link { return place }
        }
        return nil
    }

    /// Replaces or creates a file about the whole run.
    /// - Throws: `CollaGANError.Code.outputLost`: that it cannot be written is no patient's fault.
    func write(_ data: Data, to name: String) throws(CollaGANError) {
        try write(name) { path throws(CollaGANError) in try AtomicFile.write(data, to: path, on: disk) }
    }

    /// `write` for text whose parts follow each other.
    func write(_ parts: [String], to name: String) throws(CollaGANError) {
        try write(name) { path throws(CollaGANError) in try AtomicFile.write(parts, to: path, on: disk) }
    }

    private func write(_ name: String, _ body: (String) throws(CollaGANError) -> Void) throws(CollaGANError) {
        try requireSame()
        do throws(CollaGANError) {
            try body("\(path)/\(name)")
        } catch {
            try requireSame()
            throw CollaGANError(.outputLost, path: error.path, error.message)
        }
    }

    /// Those of some files that are there; what lies behind a link is not ours.
    func existing(_ files: [String]) -> [String] {
        files.filter { isOwn($0) && FileStatus("\(path)/\($0)", followsLinks: false) != nil }
    }

    /// Whether a path, as read from a record, lies in the folder and behind no link.
    private func isOwn(_ file: String) -> Bool {
        Self.isInside(file) && Self.link(to: FilePath.folder(file), in: path) == nil
    }

    private func clear() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where isLeftover(name) {
            guard disk.allows(.remove("\(path)/\(name)")) else { continue }
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
        if part == nil { PartFiles.clear(in: path, on: disk) }
    }

    static func failure(_ path: String) -> CollaGANError {
        CollaGANError(.unwritable, path: path, "\(path): cannot be made or written to; give another --out folder")
    }

    /// An empty folder inside for the files of one patient.
    /// - Parameter index: the patient's; its name may be too long or too strange for one more name.
    func stage(_ index: Int) throws(CollaGANError) -> Stage {
        try requireSame()
        let writer = "\(part?.name ?? "run")-\(ProcessIdentity.name)"
        let folder = "\(path)/\(Self.prefix)\(writer)-\(index + 1)\(Self.suffix)"
        disk.removeFolder(folder)
        try disk.makeFolder(folder, below: path)
        return Stage(folder: folder, output: self)
    }

    private static let prefix = ".collagan-"
    static let suffix = ".partial"
    private static let ownFiles =
        ResultNames.ofRun + [
            OwnFiles.split, OwnFiles.trainingLog, OwnFiles.trainingPage, Trainer.modelName, Trainer.bestName,
        ]

    /// A stage, or the temporary file of `NIfTIFile` or `AtomicFile`. Parts leave alone what may be another's.
    private func isLeftover(_ name: String) -> Bool {
        if let stages = locks.clearedStages {
            return name.hasPrefix(Self.prefix + stages) && name.hasSuffix(Self.suffix)
        }
        return name.hasPrefix(Self.prefix) && [Self.suffix, ".nii", ".nii.gz"].contains(where: name.hasSuffix)
            || name.hasSuffix(".tmp") && Self.ownFiles.contains { name.hasPrefix(".\($0).") }
    }

    /// Removes a patient's earlier files, the record last, so that it names what a kill leaves, and folders that are empty then.
    /// - Parameter files: relative paths, as read from a record; what would lie outside is left alone.
    func remove(_ files: [String]) {
        for file in files where isOwn(file) {
            guard FileStatus("\(path)/\(file)", followsLinks: false) != nil else { continue }
            disk.remove("\(path)/\(file)")
            var folder = FilePath.folder(file)
            while folder != ".", disk.removeEmptyFolder("\(path)/\(folder)") { folder = FilePath.folder(folder) }
        }
    }

    /// Whether a relative path leads nowhere outside.
    static func isInside(_ file: String) -> Bool {
        !file.hasPrefix("/") && !file.isEmpty && !file.split(separator: "/").contains("..")
    }
}
