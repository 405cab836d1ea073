import Foundation

/// The folder of results: created when a run starts, with a place where a patient's files wait until all are there.
struct OutputFolder: Sendable {
    let path: String

    /// Creates the folder (and those above it) and clears what a killed run left half done.
    /// - Throws: `PipelineError.Code.unwritable`.
    init(_ path: String) throws(PipelineError) {
        self.path = FilePath.absolute(path)
        do {
            try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
            guard access(self.path, W_OK) == 0 else { throw POSIXError(.EACCES) }
            for name in try FileManager.default.contentsOfDirectory(atPath: self.path)
            where Self.isLeftover(name) {
                try FileManager.default.removeItem(atPath: "\(self.path)/\(name)")
            }
        } catch {
            throw PipelineError(
                .unwritable, path: path, "\(path): cannot be made or written to; give another --out folder")
        }
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
        return Stage(folder: folder, output: path)
    }

    private static let prefix = ".collagan-"
    private static let suffix = ".partial"
    private static let ownFiles = [
        "run.json", "metrics.csv", "report.html", "dataset_description.json", "training.csv",
    ]

    /// A stage, or the temporary file of `AtomicFile`.
    private static func isLeftover(_ name: String) -> Bool {
        name.hasPrefix(prefix) && name.hasSuffix(suffix)
            || name.hasSuffix(".tmp") && ownFiles.contains { name.hasPrefix(".\($0).") }
    }

    /// Files of one patient that are not yet in their place.
    struct Stage: Sendable {
        let folder: String
        let output: String

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
            if let record = files.last { unlink("\(output)/\(record)") }
            var moved: [String] = []
            do throws(PipelineError) {
                for file in files {
                    let target = "\(output)/\(file)"
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
            for file in stale where !files.contains(file) { unlink("\(output)/\(file)") }
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
