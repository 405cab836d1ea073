import CNIfTI
import Files
import Foundation

/// A NIfTI file being read from front to back, through gzip where it is compressed.
final class FileReader {
    let path: String
    let isCompressed: Bool
    /// Bytes on the disk.
    let fileSize: Int
    private let reader: OpaquePointer

    init(_ path: String) throws(VolumeError) {
        var reader: OpaquePointer?
        // A C string ends at the first NUL: such a name could open another file than it says.
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw VolumeError(.notFound, path, ": no file can have this name; check the path")
        }
        switch cnifti_reader_open(path, &reader) {
        case CNIFTI_OK: break
        case CNIFTI_NOT_REGULAR:
            throw VolumeError(.notAFile, path, "is a \(Self.kind(path)), no file; give a .nii or .nii.gz file")
        default: throw Self.failure(errno, path)
        }
        guard let reader else { throw VolumeError(.unreadable, path, "could not be opened; try again") }
        self.path = path
        self.reader = reader
        isCompressed = cnifti_reader_is_gzip(reader)
        fileSize = Int(cnifti_reader_file_size(reader))
    }

    deinit { cnifti_reader_close(reader) }

    private static func failure(_ number: Int32, _ path: String) -> VolumeError {
        if number == ENOENT, let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
            return VolumeError(
                .notFound, path,
                "is a link to \(target), which is not there; fetch the file (git annex get, datalad get) or correct the link"
            )
        }
        return switch number {
        case ELOOP:
            VolumeError(.notFound, path, "leads in a circle of symbolic links; replace the link by the file")
        case ENAMETOOLONG: VolumeError(.notFound, path, ": no file can have so long a name; check the path")
        case ENOENT, ENOTDIR: VolumeError(.notFound, path, "does not exist; check the path")
        case EACCES, EPERM: VolumeError(.unreadable, path, "may not be read; ask for permission to read it")
        default:
            VolumeError(
                .unreadable, path, "could not be read (\(Wording.reason(number))); check the disk or connection")
        }
    }

    private static func kind(_ path: String) -> String {
        var info = stat()
        guard stat(path, &info) == 0 else { return "folder, pipe or device" }
        return switch info.st_mode & S_IFMT {
        case S_IFDIR: "folder"
        case S_IFIFO: "pipe"
        case S_IFSOCK: "socket"
        default: "device"
        }
    }

    /// Reads up to `count` bytes; fewer than asked for only at the end of the data, whether they end properly or not.
    ///
    /// - Throws: `corrupt` for damaged gzip data, `unreadable` if the system fails.
    func read(_ count: Int, into buffer: UnsafeMutableRawPointer) throws(VolumeError) -> Int {
        var got: Int64 = 0
        switch cnifti_reader_read(reader, buffer, Int64(count), &got) {
        case CNIFTI_OK, CNIFTI_END: break
        case CNIFTI_TRUNCATED: endsProperly = false
        case CNIFTI_CORRUPT:
            throw VolumeError(.corrupt, path, "is damaged: its compressed data fail their check; copy the file again")
        default: throw Self.failure(errno, path)
        }
        return Int(got)
    }

    /// False once the gzip stream turned out to lack its end.
    private(set) var endsProperly = true

    /// Reads up to `count` bytes into an array.
    func read(_ count: Int) throws(VolumeError) -> [UInt8] {
        let block = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 1)
        defer { block.deallocate() }
        let got = try read(count, into: block)
        return Array(UnsafeRawBufferPointer(start: block, count: got))
    }

    /// Reads over up to `count` bytes and returns how many there were.
    func skip(_ count: Int) throws(VolumeError) -> Int {
        let block = UnsafeMutableRawPointer.allocate(byteCount: Self.chunk, alignment: 16)
        defer { block.deallocate() }
        var skipped = 0
        while skipped < count {
            let got = try read(min(Self.chunk, count - skipped), into: block)
            if got == 0 { break }
            skipped += got
        }
        return skipped
    }

    /// Bytes read at a time: bounds the memory that a lying header can claim. A multiple of every voxel size.
    static let chunk = 1 << 20
}
