/// What a file that is no NIfTI image is instead, told from its first bytes: the wrong file is handed over more often than a
/// damaged one, and "not a NIfTI file" helps nobody with a pointer that Git LFS left behind.
enum ForeignContent {
    /// What follows the file's name in a message, with what to do; nil if nothing is recognised.
    ///
    /// - Parameters:
    ///   - start: the first bytes, decompressed, up to the length of a header.
    ///   - name: of the file, asked where the bytes say nothing; nil not to.
    static func description(start: [UInt8], name: String?) -> String? {
        if let known = signatures.first(where: { start.dropFirst($0.offset).starts(with: $0.bytes) }) {
            return known.text
        }
        if let known = name.flatMap(ForeignFormat.init) { return known.reason }
        let isText = start.allSatisfy { $0 >= 0x20 || (9...13).contains($0) }
        return isText && start.count >= 16 ? "holds text, no image (not a NIfTI file); copy the file again" : nil
    }

    private static let signatures: [(offset: Int, bytes: [UInt8], text: String)] =
        [
            (0, "version https://git-lfs", "is a Git LFS pointer, not the image itself; fetch it with git lfs pull"),
            (0, "/annex/objects/", "is a git-annex pointer, not the image itself; fetch it with git annex get"),
            (0, "<!DOCTYPE html", webPage), (0, "<!doctype html", webPage), (0, "<html", webPage),
            (0, "<HTML", webPage),
            (0, "<", "is an XML or web page, no NIfTI image; give a .nii or .nii.gz file"),
            (0, "BZh", "is compressed with bzip2; compress it with gzip instead"),
            (0, "NRRD", "is an NRRD file; \(conversion)"),
            (0, "ObjectType", "is a MetaImage file; \(conversion)"),
            (0, "MATRIX7", "is an ECAT file; \(conversion)"),
            (0, "CDF", "is a MINC (netCDF) file; \(conversion)"),
            (1, "HDF\r\n", "is an HDF5 file (MINC 2?); \(conversion)"),
            (128, "DICM", "is a DICOM file; convert the series to .nii.gz, e.g. with dcm2niix"),
            (
                344, "n+1\0",
                "has a damaged header: it is a NIfTI file that does not say that its header has 348 bytes; \(copying)"
            ),
        ].map { ($0.0, Array($0.1.utf8), $0.2) } + [
            (0, [0x1f, 0x8b], "is gzip-compressed twice; decompress it once"),
            (0, [0xfd, 0x37, 0x7a, 0x58, 0x5a], "is compressed with xz; compress it with gzip instead"),
            (0, [0x28, 0xb5, 0x2f, 0xfd], "is compressed with zstd; compress it with gzip instead"),
            (0, [0x50, 0x4b, 3, 4], "is a ZIP archive; unpack it"),
        ]

    private static let webPage = "is a web page, as after a failed download, no NIfTI image; download it again"
    private static let conversion = "convert it to .nii.gz"
    private static let copying = "copy the file again"
}
