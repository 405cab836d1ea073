import Files
import Foundation

/// Held by the one run that writes into a folder of results; the system lets go of it if the process is killed.
final class OutputLock: Sendable {
    static let name = ".collagan.lock"

    private let file: Int32
    private let path: String

    /// Takes the lock of an existing folder.
    ///
    /// Who lets go removes the file first, so a lock counts only while the name still leads to the locked file.
    /// On a file system without locks the run goes on without one.
    /// - Returns: nil if another run holds it.
    /// - Throws: `CollaGANError.Code.unwritable` if the file cannot be made.
    init?(in folder: String) throws(CollaGANError) {
        path = "\(folder)/\(Self.name)"
        while true {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
            guard file >= 0 else {
                guard errno == EACCES || errno == ELOOP else { throw Disk.failure(path, errno) }
                throw CollaGANError(
                    .unwritable, path: path,
                    "\(path): cannot be opened for writing (\(Wording.reason())); if no run is at work there, remove it,"
                        + " or give another --out folder")
            }
            if flock(file, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
                close(file)
                return nil
            }
            if let locked = FileStatus(descriptor: file),
                locked.identity == FileStatus(path, followsLinks: false)?.identity
            {
                self.file = file
                return
            }
            close(file)
        }
    }

    /// Removes the file and lets go; call once, at the end of the run.
    func release() {
        unlink(path)
        close(file)
    }

    /// Lets go without removing the file, as the system does for a killed process.
    func abandon() {
        close(file)
    }
}
