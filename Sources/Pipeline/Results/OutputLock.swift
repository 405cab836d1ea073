import Files
import Foundation

/// Held by who writes into a folder of results, or on a part of it; the system lets go of it if the process is killed.
final class OutputLock: Sendable {
    /// Of a whole folder.
    static let name = ".collagan.lock"
    static let ending = ".lock"

    enum Kind {
        case exclusive
        /// By several at once, none of them exclusively.
        case shared
    }

    /// False on a file system without locks, where the run goes on without one.
    let isHeld: Bool
    private let file: Int32
    private let path: String
    private let kind: Kind

    /// Takes a lock.
    ///
    /// Who lets go of an exclusive one removes the file first, so a lock counts only while the name still leads to the locked file.
    /// - Parameter path: of the lock's file, in a folder that is there.
    /// - Returns: nil if another process holds it.
    /// - Throws: `CollaGANError.Code.unwritable` if the file cannot be made.
    init?(_ path: String, _ kind: Kind = .exclusive) throws(CollaGANError) {
        (self.path, self.kind) = (path, kind)
        while true {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
            guard file >= 0 else {
                guard errno == EACCES || errno == ELOOP else { throw Disk.failure(path, errno) }
                throw CollaGANError(
                    .unwritable, path: path,
                    "\(path): cannot be opened for writing (\(Wording.reason())); if no run is at work there, remove it,"
                        + " or give another --out folder")
            }
            let isHeld = flock(file, (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0
            if !isHeld, errno == EWOULDBLOCK {
                close(file)
                return nil
            }
            if let locked = FileStatus(descriptor: file),
                locked.identity == FileStatus(path, followsLinks: false)?.identity
            {
                (self.file, self.isHeld) = (file, isHeld)
                return
            }
            close(file)
        }
    }

    /// Removes the file, unless others may hold it, and lets go; call once, at the end of the run.
    func release() {
        if kind == .exclusive { unlink(path) }
        close(file)
    }

    /// Lets go without removing the file, as the system does for a killed process.
    func abandon() {
        close(file)
    }
}
