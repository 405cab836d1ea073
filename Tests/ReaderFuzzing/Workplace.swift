import CNIfTI
import Foundation

/// A folder in memory (where the system has one) that holds the file being read, so that it can be found after a crash.
struct Workplace {
    let folder: String

    init(_ folder: String) { self.folder = folder }

    /// A new one.
    static func make() throws -> Workplace {
        let parent = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let folder = "\(parent)/nifti-fuzz-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return Workplace(folder)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    var plain: String { folder + "/input.nii" }
    var compressed: String { folder + "/input.nii.gz" }

    /// Makes `bytes` the only input.
    func put(_ bytes: [UInt8], at path: String) throws {
        unlink(path == plain ? compressed : plain)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        guard written == bytes.count else { throw CocoaError(.fileWriteUnknown) }
    }

    /// The bytes as a gzip stream made by zlib.
    func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        let path = folder + "/stream.gz"
        unlink(path)
        var writer: OpaquePointer?
        guard cnifti_writer_open(path, true, &writer) == CNIFTI_OK, let writer,
            cnifti_writer_write(writer, bytes, Int64(bytes.count)) == CNIFTI_OK,
            cnifti_writer_close(writer) == CNIFTI_OK
        else { throw CocoaError(.fileWriteUnknown) }
        return try [UInt8](Data(contentsOf: URL(filePath: path)))
    }

    /// Copies the present input to a folder where it stays; returns its new path.
    func keep(in faults: String, as name: String) throws -> String? {
        guard let path = [plain, compressed].first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            return nil
        }
        try FileManager.default.createDirectory(atPath: faults, withIntermediateDirectories: true)
        let kept = "\(faults)/\(name)\(path == plain ? ".nii" : ".nii.gz")"
        try? FileManager.default.removeItem(atPath: kept)
        try FileManager.default.copyItem(atPath: path, toPath: kept)
        return kept
    }
}
