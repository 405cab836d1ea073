import Foundation

/// Files that appear whole or not at all: written beside, flushed to disk, renamed.
///
/// The flush keeps a power cut from leaving a name without its bytes. The folder is not flushed: after a power cut the last files may
/// be missing, as if the program had been killed a little earlier.
package enum AtomicFile {
    /// Ends the name of a file that is still being written.
    package static let temporarySuffix = ".tmp"

    /// Replaces or creates the file at `path`.
    /// - Throws: `CollaGANError.Code.unwritable` or `.outputLost`; the temporary file is then gone and an earlier file untouched.
    package static func write(_ data: Data, to path: String, on disk: Disk = .current) throws(CollaGANError) {
        try write(to: path, on: disk) { append throws(CollaGANError) in try append(data.bytes) }
    }

    /// `write` for text in UTF-8.
    package static func write(_ text: String, to path: String, on disk: Disk = .current) throws(CollaGANError) {
        try write(Data(text.utf8), to: path, on: disk)
    }

    /// `write` for text in UTF-8 whose parts follow each other and are never put together in memory.
    package static func write(_ parts: [String], to path: String, on disk: Disk = .current) throws(CollaGANError) {
        try write(to: path, on: disk) { append throws(CollaGANError) in
            var block: [UInt8] = []
            for part in parts {
                block.append(contentsOf: part.utf8)
                guard block.count >= 1 << 16 else { continue }
                try append(block.span.bytes)
                block.removeAll(keepingCapacity: true)
            }
            try append(block.span.bytes)
        }
    }

    /// `write` for what is never in memory as a whole.
    /// - Parameter pieces: hands the file's bytes, piece by piece and in order, to the closure it is given.
    package static func write(
        to path: String, on disk: Disk = .current,
        pieces: (_ append: (RawSpan) throws(CollaGANError) -> Void) throws(CollaGANError) -> Void
    ) throws(CollaGANError) {
        // Processes of several machines may write into one folder.
        let temporary =
            "\(FilePath.folder(path))/.\(FilePath.name(path)).\(ProcessIdentity.shortName)\(temporarySuffix)"
        try place(temporary, at: path, on: disk, failure: { Disk.failure(path, $0) }) { () throws(CollaGANError) in
            let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
            guard file >= 0 else { throw Disk.failure(path, errno) }
            defer { close(file) }
            guard disk.allows(.fill(temporary)) else { throw Disk.failure(path, errno) }
            try pieces { bytes throws(CollaGANError) in
                guard append(bytes, to: file) else { throw Disk.failure(path, errno) }
            }
            guard sync(file) else { throw Disk.failure(path, errno) }
        }
    }

    /// Creates a file under a temporary name beside its final one and then gives it that.
    /// - Parameters:
    ///   - failure: the error for an error number of the system.
    ///   - fill: makes the file under its temporary name, to its last byte; where it throws, the file goes.
    package static func place<Failure: Error>(
        _ temporary: String, at path: String, on disk: Disk = .current, failure: (Int32) -> Failure,
        fill: () throws(Failure) -> Void
    ) throws(Failure) {
        guard disk.allows(.create(temporary)) else { throw failure(errno) }
        do throws(Failure) {
            try fill()
            guard disk.rename(temporary, to: path) else { throw failure(errno) }
        } catch {
            disk.remove(temporary)
            throw error
        }
    }

    /// Flushes a file to disk. Some file systems cannot; that is no reason to give up.
    package static func sync(_ file: Int32) -> Bool {
        fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP
    }

    /// Writes all bytes at the file's place; `errno` says why not.
    package static func append(_ bytes: RawSpan, to file: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = Foundation.write(file, bytes.baseAddress! + offset, bytes.count - offset)
                if count < 0, errno == EINTR { continue }
                if count == 0 { errno = ENOSPC }
                guard count > 0 else { return false }
                offset += count
            }
            return true
        }
    }
}
