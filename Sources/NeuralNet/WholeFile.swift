import Foundation

/// A file that appears whole or not at all: written beside its path, flushed to disk, renamed.
final class WholeFile {
    private let path: String
    private let temporary: String
    private let file: Int32
    private var problem: Int32 = 0
    private var isOpen = true

    /// - Throws: `ModelError.Code.unwritable`.
    init(_ path: String) throws(ModelError) {
        self.path = path
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        temporary = "\(path[..<slash]).\(path[slash...]).\(getpid()).tmp"
        file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.failure(path, errno) }
    }

    deinit {
        guard isOpen else { return }
        close(file)
        unlink(temporary)
    }

    /// Adds bytes; what goes wrong is told by `commit`.
    func append(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while problem == 0, offset < bytes.count {
            let count = write(file, bytes.baseAddress! + offset, bytes.count - offset)
            if count > 0 {
                offset += count
            } else if count == 0 || errno != EINTR {
                problem = count == 0 ? EIO : errno
            }
        }
    }

    /// Puts the file in place; call once, last.
    ///
    /// - Throws: `ModelError.Code.unwritable`; the temporary file is then gone and an earlier file untouched.
    func commit() throws(ModelError) {
        if problem == 0, fsync(file) != 0 { problem = errno }
        if close(file) != 0, problem == 0 { problem = errno }
        isOpen = false
        if problem == 0, rename(temporary, path) != 0 { problem = errno }
        guard problem == 0 else {
            unlink(temporary)
            throw Self.failure(path, problem)
        }
    }

    private static func failure(_ path: String, _ code: Int32) -> ModelError {
        ModelError(
            .unwritable, path,
            "cannot be written (\(String(cString: strerror(code)))); check the folder and free space")
    }
}
