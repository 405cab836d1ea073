import Foundation

/// How files come to their names: every creation, renaming and removal goes through here.
///
/// A test hands in a `gate`, which is asked before each change and can let it fail; to let all fail from one change on is what a kill
/// at that moment leaves behind.
package struct Disk: Sendable {
    /// One change of a folder.
    package enum Change: Sendable, Equatable {
        /// A file under a temporary name, still empty.
        case create(String)
        /// Its bytes.
        case fill(String)
        /// A file or folder takes its final name.
        case rename(String)
        /// A file or a folder goes.
        case remove(String)
        case makeFolder(String)
    }

    /// Where this task's changes go unless it says otherwise. Work handed to other threads has to be told.
    @TaskLocal package static var current = Disk()

    private let gate: (@Sendable (Change) -> Int32?)?

    /// - Parameter gate: returns the error number a change fails with, nil to let it happen; without a gate all happen.
    package init(gate: (@Sendable (Change) -> Int32?)? = nil) {
        self.gate = gate
    }

    /// Whether a change may happen; if not, `errno` says why.
    package func allows(_ change: Change) -> Bool {
        guard let reason = gate?(change) else { return true }
        errno = reason
        return false
    }

    /// Puts a file in place of what has that name; `errno` says why not.
    package func rename(_ source: String, to target: String) -> Bool {
        allows(.rename(target)) && Foundation.rename(source, target) == 0
    }

    /// Removes a file or an empty folder if it is there.
    package func remove(_ path: String) {
        if allows(.remove(path)) { Foundation.remove(path) }
    }

    /// Removes an empty folder; false where it is not empty.
    package func removeEmptyFolder(_ path: String) -> Bool {
        allows(.remove(path)) && rmdir(path) == 0
    }

    /// Removes a folder and what is in it.
    package func removeFolder(_ path: String) {
        if allows(.remove(path)) { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Makes a folder and those above it, down from `root`: that one has to be there, and is never made again once it is gone.
    /// - Throws: `CollaGANError.Code.unwritable` or `.outputLost`.
    package func makeFolder(_ path: String, below root: String) throws(CollaGANError) {
        if path == root || FileStatus(path)?.kind == .folder { return }
        for attempt in 0... {
            try makeFolder(FilePath.folder(path), below: root)
            if allows(.makeFolder(path)), mkdir(path, 0o777) == 0 || errno == EEXIST { return }
            // Another process may just have found the folder above empty, and have removed it.
            guard errno == ENOENT, attempt < 3, FileStatus(root) != nil else { throw Self.failure(path, errno) }
        }
    }

    /// Why a file could not be written.
    package static func failure(_ path: String, _ number: Int32) -> CollaGANError {
        let (code, text) = reason(number)
        return CollaGANError(code, path: path, "\(path): \(text)")
    }

    /// What an error number of the system means for a file that was to be written: whether the whole place takes no more
    /// files, and what to tell after the file's name.
    package static func reason(_ number: Int32) -> (code: CollaGANError.Code, text: String) {
        switch number {
        case ENOSPC, EDQUOT: (.outputLost, "cannot be written: the disk is full; make room and run again")
        case EFBIG:
            (
                .outputLost,
                "cannot be written: files may not become so large here; raise the limit (ulimit -f) and run again"
            )
        case EROFS:
            (.outputLost, "cannot be written: the file system is read-only; mount it writable and run again")
        case EIO, ENODEV, ENXIO, ESTALE:
            (
                .outputLost,
                "cannot be written (\(Wording.reason(number))); check the disk or connection and run again"
            )
        case EMFILE, ENFILE:
            (
                .outputLost,
                "cannot be written: too many files are open; raise the limit (ulimit -n) and run again"
            )
        case ENAMETOOLONG: (.unwritable, "cannot be written: the name is too long; rename the patient's folder")
        case ENOENT: (.unwritable, "cannot be written: its folder does not exist; create it")
        case EACCES, EPERM: (.unwritable, "cannot be written: its folder is read-only for you; change its rights")
        case EISDIR: (.unwritable, "cannot be written: a folder has this name; move it away")
        case ENOTDIR, ENOTEMPTY, EEXIST:
            (.unwritable, "cannot be written: something else has this name or one above it; move it away")
        default: (.unwritable, "cannot be written (\(Wording.reason(number))); check the folder's rights")
        }
    }
}
