import Files
import Foundation

/// A file read here and there, through one small buffer; nothing beyond its end, however long it claims to be.
final class FileBytes {
    private static let block = 1 << 16

    let path: String
    /// Bytes.
    let size: Int
    private let file: Int32
    private var buffer: [UInt8] = []
    private var start = 0

    /// - Throws: `DICOMError.Code.unreadable`, also for pipes, devices and folders.
    init(_ path: String) throws(DICOMError) {
        self.path = path
        file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Self.failure(path) }
        guard let status = FileStatus(descriptor: file), status.kind == .regular else {
            close(file)
            throw DICOMError(.unreadable, path: path, "is no file; put the files themselves there")
        }
        size = status.size
    }

    deinit { close(file) }

    /// `count` bytes from `offset` on; nil where the file has fewer.
    func bytes(_ offset: Int, _ count: Int) throws(DICOMError) -> ArraySlice<UInt8>? {
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else { return nil }
        if offset < start || offset + count > start + buffer.count {
            try fill(from: offset, atLeast: count)
            guard count <= buffer.count else { return nil }
        }
        return buffer[offset - start..<offset - start + count]
    }

    private func fill(from offset: Int, atLeast count: Int) throws(DICOMError) {
        let wanted = min(max(count, Self.block), size - offset)
        buffer = [UInt8](repeating: 0, count: wanted)
        start = offset
        var filled = 0
        while filled < wanted {
            let got = buffer.withUnsafeMutableBytes {
                pread(file, $0.baseAddress! + filled, wanted - filled, off_t(offset + filled))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Self.failure(path) }
            if got == 0 { break }
            filled += got
        }
        buffer.removeLast(wanted - filled)
    }

    private static func failure(_ path: String) -> DICOMError {
        DICOMError(
            .unreadable, path: path, "cannot be read (\(Wording.reason())); check that it is there and may be read")
    }
}
