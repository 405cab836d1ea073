import Crypto
import Foundation

/// SHA-256 of files, by which results are tied to the bytes they came from.
package enum FileHash {
    /// Lower-case hexadecimal SHA-256 of a file, read in pieces.
    /// - Throws: `CollaGANError.Code.unreadable`, also for pipes and devices, which need not end.
    package static func sha256(_ path: String) throws(CollaGANError) -> String {
        let file = try opened(path)
        defer { close(file) }
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            if count == 0 { break }
            buffer.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        return hexadecimal(hash.finalize())
    }

    private static func opened(_ path: String) throws(CollaGANError) -> Int32 {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failure(path) }
        guard let status = FileStatus(descriptor: file) else {
            defer { close(file) }
            throw failure(path)
        }
        guard status.kind == .regular else {
            close(file)
            throw CollaGANError(
                .unreadable, path: path, "\(path): is a pipe, device or folder, not a file; put the image itself there")
        }
        return file
    }

    /// Lower-case hexadecimal SHA-256 of bytes.
    package static func sha256(of data: Data) -> String {
        hexadecimal(SHA256.hash(data: data))
    }

    /// 64 lower-case digits.
    package static func hexadecimal(_ digest: SHA256Digest) -> String {
        let digits = Array("0123456789abcdef")
        return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    private static func failure(_ path: String) -> CollaGANError {
        let number = errno
        return CollaGANError(
            .unreadable, path: path,
            "\(path): cannot be read (\(Wording.reason(number))); check that it is there and may be read")
    }
}
