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
        guard FileChange.create.isAllowed else { throw Self.failure(path, EIO) }
        file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.failure(path, errno) }
    }

    deinit {
        guard isOpen else { return }
        close(file)
        FileChange.remove(temporary)
    }

    /// Adds bytes; what goes wrong is told by `commit`.
    func append(_ bytes: UnsafeRawBufferPointer) {
        if problem == 0, !FileChange.write.isAllowed { problem = EIO }
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
        attempt(.flush) { fsync(file) }
        if close(file) != 0, problem == 0 { problem = errno }
        isOpen = false
        attempt(.rename) { rename(temporary, path) }
        guard problem == 0 else {
            FileChange.remove(temporary)
            throw Self.failure(path, problem)
        }
    }

    private func attempt(_ change: FileChange, _ call: () -> Int32) {
        guard problem == 0 else { return }
        if !change.isAllowed { problem = EIO } else if call() != 0 { problem = errno }
    }

    private static func failure(_ path: String, _ code: Int32) -> ModelError {
        ModelError(
            .unwritable, path,
            "cannot be written (\(String(cString: strerror(code)))); check the folder and free space")
    }
}
