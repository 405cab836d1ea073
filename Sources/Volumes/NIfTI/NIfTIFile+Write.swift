import CNIfTI
import Files
import Foundation

extension NIfTIFile {
    /// Start of the names of files being written. One that outlives its process (after a kill) is rubbish and may be removed.
    package static let temporaryPrefix = ".collagan-"

    /// Writes a volume the way the file of `header` is: NIfTI version, datatype, form codes, affines, voxel sizes and unit of length.
    ///
    /// Integer types get the scaling of ``VoxelEncoder``: masks stay whole, 0 stays exactly 0, the error is at most half a step of the type's
    /// range. Where the volume's grid is the header's (to 1e-3 mm) its geometry fields are kept to the bit; else the volume's affine is written
    /// with the header's code as sform and, if its axes are orthogonal, as qform. Extensions of the source are not copied.
    ///
    /// The file appears whole or not at all: it is written beside, read back by libnifti, compared and renamed over `path`.
    /// Same input, same bytes. Compressed if the name ends in `.gz`.
    /// - Parameter mark: for voxels that were never acquired.
    /// - Throws: a ``VolumeError``; then there is no new file and an old one is untouched.
    package static func write(
        _ volume: Volume, like header: NIfTIHeader, marked mark: SyntheticMark? = nil, to path: String,
        on disk: Disk = .current
    ) throws(VolumeError) {
        try write(
            volume, .like(header, volume.grid), template: header.bytes, header.datatype, mark, to: path, on: disk)
    }

    /// Writes a volume as float32 without a source: NIfTI-1 (NIfTI-2 beyond 32767 voxels along an axis), mm, sform code 1 and, if the axes are
    /// orthogonal, the same qform. Otherwise as ``write(_:like:to:)``.
    package static func write(
        _ volume: Volume, marked mark: SyntheticMark? = nil, to path: String, on disk: Disk = .current
    ) throws(VolumeError) {
        try write(volume, .new(volume.grid), template: nil, .float32, mark, to: path, on: disk)
    }

    private static func write(
        _ volume: Volume, _ start: cnifti_fields, template: [UInt8]?, _ datatype: NIfTIDatatype,
        _ mark: SyntheticMark?, to path: String, on disk: Disk
    ) throws(VolumeError) {
        let isCompressed = path.lowercased().hasSuffix(".nii.gz")
        guard isCompressed || path.lowercased().hasSuffix(".nii"), !path.utf8.contains(0) else {
            throw VolumeError(
                .wrongName, path, "cannot be written under this name; choose one that ends in .nii or .nii.gz")
        }
        guard start.version == 2 || volume.grid.size.max() <= Int(Int16.max) else {
            throw VolumeError(
                .tooLarge, path,
                "cannot be written: NIfTI-1 has no room for \(volume.grid.size.max()) voxels in a row; use NIfTI-2")
        }
        guard volume.grid.affine.inverse() != nil else {
            throw VolumeError(
                .invalidHeader, path,
                "cannot be written: its geometry is singular or not finite; check the volume's affine")
        }
        guard let encoder = VoxelEncoder(datatype, values: volume.voxels) else {
            throw VolumeError(
                .unrepresentable, path,
                "cannot be written: it has voxels that are NaN, infinite or close to it, which \(datatype) cannot hold; use float32"
            )
        }
        var fields = start
        // Four zero bytes: no extensions follow.
        let extensions = mark?.extensions ?? [0, 0, 0, 0]
        fields.finish(
            volume.grid, datatype, encoder, description: mark?.description ?? Software.name,
            extensions: extensions.count)
        var bytes = [UInt8](repeating: 0, count: Int(CNIFTI_MAX_HEADER))
        let length = cnifti_encode(template, &fields, &bytes)
        let header = Array(bytes.prefix(length)) + extensions
        try place(
            header, voxels: encoder.encode(volume.voxels), fields: fields, isCompressed: isCompressed, at: path,
            on: disk)
    }

    /// Writes beside `path`, verifies and renames.
    private static func place(
        _ header: [UInt8], voxels: [UInt8], fields: cnifti_fields, isCompressed: Bool, at path: String,
        on disk: Disk
    ) throws(VolumeError) {
        let name = String(
            format: "%@%016lx.%@", temporaryPrefix, UInt.random(in: .min ... .max), isCompressed ? "nii.gz" : "nii")
        let folder = FilePath.folder(path)
        let temporary = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
        try AtomicFile.place(temporary, at: path, on: disk, failure: { failure($0, path) }) { () throws(VolumeError) in
            var writer: OpaquePointer?
            guard cnifti_writer_open(temporary, isCompressed, &writer) == CNIFTI_OK, let writer else {
                throw failure(errno, path)
            }
            var reason: Int32 = 0
            if cnifti_writer_write(writer, header, Int64(header.count)) != CNIFTI_OK
                || cnifti_writer_write(writer, voxels, Int64(voxels.count)) != CNIFTI_OK
            {
                reason = errno
            }
            if cnifti_writer_close(writer) != CNIFTI_OK && reason == 0 { reason = errno }
            guard reason == 0 else { throw failure(reason, path) }
            var fields = fields
            guard cnifti_verify(temporary, &fields, voxels, Int64(voxels.count)) == CNIFTI_OK else {
                throw VolumeError(
                    .verificationFailed, path,
                    "reads back differently from what was written; check the disk and try again")
            }
        }
    }

    private static func failure(_ number: Int32, _ path: String) -> VolumeError {
        let (code, text) = Disk.reason(number)
        return VolumeError(code == .outputLost ? .diskFull : .unwritable, path, text)
    }
}
