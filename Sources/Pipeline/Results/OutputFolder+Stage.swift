import Files
import Foundation
import Volumes

extension OutputFolder {
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

        /// An empty folder for what is only needed meanwhile, which nobody else may look into; it goes with the stage.
        func privateFolder(_ name: String) throws(CollaGANError) -> String {
            let path = "\(folder)/\(name)"
            try output.disk.makeFolder(path, below: folder)
            guard chmod(path, 0o700) == 0 else { throw Disk.failure(path, errno) }
            return path
        }

        /// Writes a file that will end up at `relative`.
        func write(_ data: Data, to relative: String) throws(CollaGANError) {
            try AtomicFile.write(data, to: path(relative), on: output.disk)
        }

        /// Writes an image that will end up at `relative`.
        /// - Parameter mark: for an imputed image.
        func write(
            _ volume: Volume, like header: NIfTIHeader?, marked mark: SyntheticMark? = nil, to relative: String
        ) throws(CollaGANError) {
            let path = try path(relative)
            guard FilePath.name(path).utf8.count <= NAME_MAX else { throw Disk.failure(path, ENAMETOOLONG) }
            do {
                if let header {
                    try NIfTIFile.write(volume, like: header, marked: mark, to: path, on: output.disk)
                } else {
                    try NIfTIFile.write(volume, marked: mark, to: path, on: output.disk)
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
