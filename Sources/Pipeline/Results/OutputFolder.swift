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
    private let lock: OutputLock
    private let isNew: Bool
    /// Which folder it was when the run began; another one of that name is not ours.
    private let identity: FileStatus.Identity?

    /// Creates the folder (and those above it), locks it and clears what a killed run left half done.
    /// - Throws: `CollaGANError.Code.unwritable`, also if another run is writing there.
    init(_ path: String, on disk: Disk = .current) throws(CollaGANError) {
        self.path = FilePath.absolute(path)
        self.disk = disk
        isNew = !FileManager.default.fileExists(atPath: self.path)
        do {
            try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
            guard access(self.path, W_OK) == 0 else { throw POSIXError(.EACCES) }
        } catch {
            throw Self.failure(path)
        }
        guard let lock = try OutputLock(in: self.path) else {
            throw CollaGANError(
                .unwritable, path: path,
                "another run is writing into \(path); wait for it or give another --out folder")
        }
        self.lock = lock
        identity = FileStatus(self.path)?.identity
        do {
            try clear()
        } catch {
            lock.release()
            throw Self.failure(path)
        }
    }

    /// Lets the next run in; what is half done goes, and the folder if this run made it and left it empty. Call once, last.
    func release() {
        guard FileStatus(path)?.identity == identity else { return lock.abandon() }
        try? clear()
        if disk.allows(.remove(path)) { lock.release() } else { lock.abandon() }
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

    /// Refuses a place for results to which a link leads: what lies there is not ours, and may be inputs.
    /// - Parameter relative: below `folder`; parts of it need not exist.
    /// - Throws: `CollaGANError.Code.unwritable`.
    static func refuseLink(to relative: String, in folder: String) throws(CollaGANError) {
        guard let link = link(to: relative, in: folder) else { return }
        throw CollaGANError(
            .unwritable, path: link, "\(link): is a link, through which no results are written; move it away")
    }

    private static func link(to relative: String, in folder: String) -> String? {
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

    /// Refuses a folder that holds another command's results, whose files would be taken for leftovers of this one.
    /// - Throws: `CollaGANError.Code.badConfiguration`.
    func refuseResults(ofOtherThan command: String) throws(CollaGANError) {
        try Self.refuseResults(in: path, ofOtherThan: command)
    }

    /// The same for a folder that is not locked and need not exist.
    static func refuseResults(in path: String, ofOtherThan command: String) throws(CollaGANError) {
        guard let earlier = JSONFile.read(RunManifest.self, from: "\(path)/run.json"), earlier.command != command else {
            return
        }
        throw CollaGANError(
            .badConfiguration, path: path,
            "\(path): holds the results of '\(earlier.command)'; give another --out folder, or --overwrite to replace them"
        )
    }

    /// Refuses a folder that holds inputs: results could take their names.
    /// - Throws: `CollaGANError.Code.badConfiguration`.
    static func refuseInputs(of patients: [Patient], in path: String) throws(CollaGANError) {
        let output = FilePath.resolved(path)
        // Results lie in folders of patients; images at the top are a patient's that the search left out with the folder.
        let images = (try? FolderListing(output))?.images.map { "\(output)/\($0)" } ?? []
        let inputs = images + patients.flatMap { [$0.folder] + $0.inputPaths }
        let inside = inputs.first { input in
            let input = FilePath.resolved(input)
            return input == output || input.hasPrefix(output == "/" ? output : "\(output)/")
        }
        guard let inside else { return }
        throw CollaGANError(
            .badConfiguration, path: path,
            "\(path): holds inputs (\(inside)), which results could overwrite; give an --out folder of its own, e.g."
                + " \(patients.contains { $0.bids != nil } ? "derivatives/collagan" : "results") in it")
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
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where Self.isLeftover(name) {
            guard disk.allows(.remove("\(path)/\(name)")) else { continue }
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    static func failure(_ path: String) -> CollaGANError {
        CollaGANError(.unwritable, path: path, "\(path): cannot be made or written to; give another --out folder")
    }

    /// An empty folder inside for the files of one patient.
    /// - Parameter index: the patient's; its name may be too long or too strange for one more name.
    func stage(_ index: Int) throws(CollaGANError) -> Stage {
        try requireSame()
        let folder = "\(path)/\(Self.prefix)\(index + 1)\(Self.suffix)"
        disk.removeFolder(folder)
        try disk.makeFolder(folder, below: path)
        return Stage(folder: folder, output: self)
    }

    private static let prefix = ".collagan-"
    private static let suffix = ".partial"
    private static let ownFiles =
        ResultNames.ofRun + [
            OwnFiles.split, OwnFiles.trainingLog, OwnFiles.trainingPage, Trainer.modelName, Trainer.bestName,
        ]

    /// A stage, or the temporary file of `NIfTIFile` or `AtomicFile`.
    private static func isLeftover(_ name: String) -> Bool {
        name.hasPrefix(prefix) && [suffix, ".nii", ".nii.gz"].contains(where: name.hasSuffix)
            || name.hasSuffix(".tmp") && ownFiles.contains { name.hasPrefix(".\($0).") }
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

    private static func isInside(_ file: String) -> Bool {
        !file.hasPrefix("/") && !file.isEmpty && !file.split(separator: "/").contains("..")
    }

    /// Files of one patient that are not yet in their place.
    struct Stage: Sendable {
        let folder: String
        let output: OutputFolder

        /// Where to write a file that will end up at `relative` (below the folder of results).
        func path(_ relative: String) throws(CollaGANError) -> String {
            let path = "\(folder)/\(relative)"
            try output.disk.makeFolder(FilePath.folder(path), below: folder)
            return path
        }

        /// Writes a file that will end up at `relative`.
        func write(_ data: Data, to relative: String) throws(CollaGANError) {
            try AtomicFile.write(data, to: path(relative), on: output.disk)
        }

        /// Writes an image that will end up at `relative`.
        func write(_ volume: Volume, like header: NIfTIHeader?, to relative: String) throws(CollaGANError) {
            let path = try path(relative)
            guard FilePath.name(path).utf8.count <= NAME_MAX else { throw Disk.failure(path, ENAMETOOLONG) }
            do {
                if let header {
                    try NIfTIFile.write(volume, like: header, to: path, on: output.disk)
                } else {
                    try NIfTIFile.write(volume, to: path, on: output.disk)
                }
            } catch {
                let code: CollaGANError.Code = error.code == .diskFull || output.isLost ? .outputLost : .unwritable
                throw CollaGANError(code, path: error.path, error.message)
            }
        }

        /// SHA-256 of files that wait, by their final path.
        func hashes(_ files: [String]) throws(CollaGANError) -> [String: String] {
            var hashes: [String: String] = [:]
            for file in files { hashes[file] = try FileHash.sha256("\(folder)/\(file)") }
            return hashes
        }

        /// Moves all files to their place, the last one last; none of them stays if one cannot be moved.
        ///
        /// What is stale goes first, while an earlier record still names it; then that record. So a kill leaves either a record
        /// whose files are all there, one that misses some, or none: a later run can tell, and knows what to remove.
        /// - Parameters:
        ///   - files: relative paths; the last one is the record by which a later run knows the patient is complete.
        ///   - stale: files of an earlier result; those that are not made any more are removed.
        func commit(_ files: [String], stale: [String]) throws(CollaGANError) {
            let disk = output.disk
            try output.requireSame()
            for folder in Set(files.map(FilePath.folder)) { try OutputFolder.refuseLink(to: folder, in: output.path) }
            output.remove(stale.filter { !files.contains($0) })
            if let record = files.last { disk.remove("\(output.path)/\(record)") }
            do throws(CollaGANError) {
                for file in files {
                    let target = "\(output.path)/\(file)"
                    try disk.makeFolder(FilePath.folder(target), below: output.path)
                    guard disk.rename("\(folder)/\(file)", to: target) else { throw Disk.failure(target, errno) }
                }
            } catch {
                output.remove(files)
                throw error
            }
            discard()
        }

        /// Removes whatever is still waiting.
        func discard() {
            output.disk.removeFolder(folder)
        }

        /// `discard` where another thread may still be writing: under another name first, so that nothing finds its way in any more.
        func abandon() {
            let gone = "\(folder.dropLast(OutputFolder.suffix.count))-abandoned\(OutputFolder.suffix)"
            if output.disk.rename(folder, to: gone) { output.disk.removeFolder(gone) }
        }
    }
}
