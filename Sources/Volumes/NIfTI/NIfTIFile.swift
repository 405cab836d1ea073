import CNIfTI

/// A volume as read from a file.
package struct NIfTIImage: Sendable {
    /// Voxels (scaled) and their place.
    package var volume: Volume
    /// What the file said; needed to write another volume like this one.
    package let header: NIfTIHeader
    /// How many voxels are NaN or infinite (or beyond Float's range); they are left as they are.
    package let nonFiniteCount: Int
    /// Warnings and remarks about the file; errors are thrown.
    package let findings: [HeaderFinding]
}

/// Reads and writes single-file NIfTI-1 and NIfTI-2 images (`.nii`, `.nii.gz`) of one 3-D volume with one number per voxel.
package enum NIfTIFile {
    /// More voxels than this are refused.
    static let largestVoxelCount = 1 << 31

    /// Reads a file of either byte order and any integer or float datatype, applying the header's scaling.
    ///
    /// Nothing the file says is believed before it is checked: memory is taken only for voxels that the file can hold, and the whole gzip stream
    /// is checked against its checksum.
    /// - Throws: a ``VolumeError`` whose message names the file, the reason and the remedy.
    package static func read(_ path: String) throws(VolumeError) -> NIfTIImage {
        let file = try NIfTIReader(path)
        let header = try file.checkedHeader()
        let voxels = try file.voxels(header)
        return NIfTIImage(
            volume: Volume(grid: header.grid, voxels: voxels.values), header: header,
            nonFiniteCount: voxels.nonFiniteCount,
            findings: file.findings)
    }

    /// Reads and checks the header only, with the same strictness as ``read(_:)`` short of reading the voxels.
    package static func readHeader(_ path: String) throws(VolumeError) -> NIfTIHeader {
        let file = try NIfTIReader(path)
        return try file.checkedHeader()
    }

    /// The text of the file's first comment (header extension of code 6), where an imputed image says what it is; nil
    /// where there is none.
    package static func comment(_ path: String) throws(VolumeError) -> String? {
        try NIfTIReader(path).comment()
    }

    /// Everything the checks say about a file's header, in their order; a file that cannot be read as NIfTI at all gives one error named "file".
    ///
    /// Empty for a faultless header. The voxels are not read.
    package static func findings(_ path: String) -> [HeaderFinding] {
        do {
            let file = try NIfTIReader(path)
            if !file.findings.contains(where: { $0.severity == .error }) { _ = try file.checkedHeader() }
            return file.findings
        } catch {
            return [HeaderFinding(check: "file", severity: .error, message: error.message, remedy: "")]
        }
    }
}
