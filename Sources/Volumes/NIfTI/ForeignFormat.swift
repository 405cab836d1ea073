/// A volume format that is not read, known by its file's extension.
public struct ForeignFormat: Sendable {
    /// "MetaImage"
    public let name: String
    /// What to do with such a file.
    public let remedy: String
    /// The file's name without its extension.
    public let stem: String

    /// Nil for other names, and for hidden ones.
    public init?(_ fileName: String) {
        guard !fileName.hasPrefix(".") else { return nil }
        let lowered = fileName.lowercased()
        guard let known = Self.known.first(where: { lowered.hasSuffix($0.ending) }) else { return nil }
        (name, remedy) = (known.name, known.remedy)
        stem = String(fileName.dropLast(known.ending.count))
    }

    /// Half a sentence for people.
    public var reason: String { "is \(name), which is not read; \(remedy)" }

    private static let convert = "convert it to .nii.gz"
    private static let single = "convert it to a single .nii.gz"
    private static let known: [(ending: String, name: String, remedy: String)] = [
        (".mha", "MetaImage", convert), (".mhd", "MetaImage", convert),
        (".nrrd", "NRRD", convert), (".nhdr", "NRRD", convert),
        (".mgz", "FreeSurfer's MGH format", "convert it to .nii.gz with mri_convert"),
        (".mgh", "FreeSurfer's MGH format", "convert it to .nii.gz with mri_convert"),
        (".mnc", "MINC", "convert it to .nii with mnc2nii"),
        (
            ".hdr", "a header with its voxels in another file (Analyze or a NIfTI pair)", single
        ),
        (
            ".img.gz", "the voxel half of a two-file image (Analyze or a NIfTI pair)", single
        ),
        (
            ".img", "the voxel half of a two-file image (Analyze or a NIfTI pair)", single
        ),
        (".dcm", "DICOM", "convert the series to .nii.gz with dcm2niix"),
        (".ima", "DICOM", "convert the series to .nii.gz with dcm2niix"),
        (".nii.bz2", "NIfTI compressed with bzip2", "unpack it and compress it with gzip"),
        (".nii.xz", "NIfTI compressed with xz", "unpack it and compress it with gzip"),
        (".nii.zst", "NIfTI compressed with zstd", "unpack it and compress it with gzip"),
        (".nii.zip", "NIfTI in a ZIP archive", "unpack it"),
    ]
}
