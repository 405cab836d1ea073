import Foundation

/// Files that appear whole or not at all: written beside, flushed to disk, renamed.
public enum AtomicFile {
    /// Replaces or creates the file at `path`.
    /// - Throws: `PipelineError.Code.unwritable`; the temporary file is then gone and an earlier file untouched.
    public static func write(_ data: Data, to path: String) throws(PipelineError) {
        let temporary = "\(FilePath.folder(path))/.\(FilePath.name(path)).\(getpid()).tmp"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure(path) }
        let written = data.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Foundation.write(file, bytes.baseAddress! + offset, bytes.count - offset)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                offset += count
            }
            return fsync(file) == 0
        }
        let problem = written ? nil : failure(path)
        guard close(file) == 0, written, rename(temporary, path) == 0 else {
            let error = problem ?? failure(path)
            unlink(temporary)
            throw error
        }
    }

    /// `write` for text in UTF-8.
    public static func write(_ text: String, to path: String) throws(PipelineError) {
        try write(Data(text.utf8), to: path)
    }

    private static func failure(_ path: String) -> PipelineError {
        PipelineError(
            .unwritable, path: path,
            "\(path): cannot be written (\(String(cString: strerror(errno)))); check the folder's rights and free space"
        )
    }
}
