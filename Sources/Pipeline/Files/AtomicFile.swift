import Foundation

/// Files that appear whole or not at all: written beside, flushed to disk, renamed.
public enum AtomicFile {
    /// Ends the name of a file that is still being written.
    static let temporarySuffix = ".tmp"

    /// Replaces or creates the file at `path`.
    /// - Throws: `PipelineError.Code.unwritable`; the temporary file is then gone and an earlier file untouched.
    public static func write(_ data: Data, to path: String) throws(PipelineError) {
        try write(to: path) { append throws(PipelineError) in try append(data.bytes) }
    }

    /// `write` for text in UTF-8.
    public static func write(_ text: String, to path: String) throws(PipelineError) {
        try write(Data(text.utf8), to: path)
    }

    /// `write` for what is never in memory as a whole.
    /// - Parameter pieces: hands the file's bytes, piece by piece and in order, to the closure it is given.
    static func write(
        to path: String, pieces: (_ append: (RawSpan) throws(PipelineError) -> Void) throws(PipelineError) -> Void
    ) throws(PipelineError) {
        let temporary = "\(FilePath.folder(path))/.\(FilePath.name(path)).\(getpid())\(temporarySuffix)"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure(path) }
        do throws(PipelineError) {
            try pieces { bytes throws(PipelineError) in
                guard append(bytes, to: file) else { throw failure(path) }
            }
            guard fsync(file) == 0, rename(temporary, path) == 0 else { throw failure(path) }
        } catch {
            close(file)
            unlink(temporary)
            throw error
        }
        close(file)
    }

    private static func append(_ bytes: RawSpan, to file: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Foundation.write(file, bytes.baseAddress! + offset, bytes.count - offset)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                offset += count
            }
            return true
        }
    }

    private static func failure(_ path: String) -> PipelineError {
        PipelineError(
            .unwritable, path: path,
            "\(path): cannot be written (\(String(cString: strerror(errno)))); check the folder's rights and free space"
        )
    }
}
