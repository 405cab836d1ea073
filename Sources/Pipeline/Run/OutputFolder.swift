import CollaGAN
import Foundation

/// The folder of results: created when a run starts, its own until the run ends, with a place where a patient's files wait
/// until all are there.
struct OutputFolder: Sendable {
    let path: String
    private let lock: OutputLock
    private let isNew: Bool

    /// Creates the folder (and those above it), locks it and clears what a killed run left half done.
    /// - Throws: `PipelineError.Code.unwritable`, also if another run is writing there.
    init(_ path: String) throws(PipelineError) {
        self.path = FilePath.absolute(path)
        isNew = !FileManager.default.fileExists(atPath: self.path)
        let lock: OutputLock?
        do {
            try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
            guard access(self.path, W_OK) == 0 else { throw POSIXError(.EACCES) }
            lock = try OutputLock(in: self.path)
        } catch {
            throw Self.failure(path)
        }
        guard let lock else {
            throw PipelineError(
                .unwritable, path: path,
                "another run is writing into \(path); wait for it or give another --out folder")
        }
        self.lock = lock
        do {
            try clear()
        } catch {
            lock.release()
            throw Self.failure(path)
        }
    }

    /// Lets the next run in; what is half done goes, and the folder if this run made it and left it empty. Call once, last.
    func release() {
        try? clear()
        lock.release()
        if isNew { rmdir(path) }
    }

    /// Refuses a folder that holds another command's results, whose files would be taken for leftovers of this one.
    /// - Throws: `PipelineError.Code.badConfiguration`.
    func refuseResults(ofOtherThan command: String) throws(PipelineError) {
        try Self.refuseResults(in: path, ofOtherThan: command)
    }

    /// The same for a folder that is not locked and need not exist.
    static func refuseResults(in path: String, ofOtherThan command: String) throws(PipelineError) {
        guard let earlier = JSONFile.read(RunManifest.self, from: "\(path)/run.json"), earlier.command != command else {
            return
        }
        throw PipelineError(
            .badConfiguration, path: path,
            "\(path): holds the results of '\(earlier.command)'; give another --out folder, or --overwrite to replace them"
        )
    }

    private func clear() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where Self.isLeftover(name) {
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    static func failure(_ path: String) -> PipelineError {
        PipelineError(.unwritable, path: path, "\(path): cannot be made or written to; give another --out folder")
    }

    /// An empty folder inside for the files of one patient.
    func stage(_ patient: String) throws(PipelineError) -> Stage {
        let folder = "\(path)/\(Self.prefix)\(patient)\(Self.suffix)"
        do {
            try? FileManager.default.removeItem(atPath: folder)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        } catch {
            throw PipelineError(.unwritable, path: folder, "\(folder): cannot be made; check the folder's rights")
        }
        return Stage(folder: folder, output: self)
    }

    private static let prefix = ".collagan-"
    private static let suffix = ".partial"
    private static let ownFiles = [
        "run.json", "metrics.csv", "report.html", "dataset_description.json", ".bidsignore", "subsets.csv",
        "subsets.json",
        "subsets.html",
        Split.fileName, TrainingLog.name, TrainingPage.name, Trainer.modelName, Trainer.bestName,
    ]

    /// A stage, or the temporary file of `NIfTIFile` or `AtomicFile`.
    private static func isLeftover(_ name: String) -> Bool {
        name.hasPrefix(prefix) && [suffix, ".nii", ".nii.gz"].contains(where: name.hasSuffix)
            || name.hasSuffix(".tmp") && ownFiles.contains { name.hasPrefix(".\($0).") }
    }

    /// Removes a patient's earlier files, the record (the last one) first, and folders that are empty then.
    /// - Parameter files: relative paths, as read from a record; what would lie outside is left alone.
    func remove(_ files: [String]) {
        for file in files.reversed() where Self.isInside(file) {
            unlink("\(path)/\(file)")
            var folder = FilePath.folder(file)
            while folder != ".", rmdir("\(path)/\(folder)") == 0 { folder = FilePath.folder(folder) }
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
        func path(_ relative: String) throws(PipelineError) -> String {
            let path = "\(folder)/\(relative)"
            try Self.makeFolder(FilePath.folder(path))
            return path
        }

        /// Moves all files to their place, the last one last; none of them stays if one cannot be moved.
        /// - Parameters:
        ///   - files: relative paths; the last one is the record by which a later run knows the patient is complete.
        ///   - stale: files of an earlier result that are not made any more.
        func commit(_ files: [String], stale: [String]) throws(PipelineError) {
            if let record = files.last { unlink("\(output.path)/\(record)") }
            var moved: [String] = []
            do throws(PipelineError) {
                for file in files {
                    let target = "\(output.path)/\(file)"
                    try Self.makeFolder(FilePath.folder(target))
                    guard rename("\(folder)/\(file)", target) == 0 else {
                        throw PipelineError(
                            .unwritable, path: target,
                            "\(target): cannot be put in place (\(String(cString: strerror(errno)))); check the folder")
                    }
                    moved.append(target)
                }
            } catch {
                for target in moved { unlink(target) }
                throw error
            }
            output.remove(stale.filter { !files.contains($0) })
            discard()
        }

        /// Removes whatever is still waiting.
        func discard() {
            try? FileManager.default.removeItem(atPath: folder)
        }

        private static func makeFolder(_ path: String) throws(PipelineError) {
            do {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            } catch {
                throw PipelineError(.unwritable, path: path, "\(path): cannot be made; check the folder's rights")
            }
        }
    }
}
