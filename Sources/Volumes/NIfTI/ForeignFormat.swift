/// A volume that is not read, known by its file's name: another format, or a NIfTI file that is wrapped up or has not all arrived.
package struct ForeignFormat: Sendable {
    /// "MetaImage"
    package let name: String
    /// What to do with such a file.
    package let remedy: String
    /// The file's name without what tells its format.
    package let stem: String

    /// Nil for other names, and for hidden ones.
    package init?(_ fileName: String) {
        guard !fileName.hasPrefix(".") else { return nil }
        let lowered = fileName.lowercased()
        if let known = Self.known.first(where: { lowered.hasSuffix($0.ending) }) {
            self.init(known, of: fileName)
        } else if lowered.hasSuffix(Self.nameless.ending), lowered.split(separator: ".").count == 2 {
            self.init(Self.nameless, of: fileName)
        } else {
            return nil
        }
    }

    private init(_ row: Row, of fileName: String) {
        (name, remedy) = (row.name, row.remedy)
        stem = String(fileName.dropLast(row.ending.count))
    }

    /// Half a sentence for people.
    package var reason: String { "is \(name), which is not read; \(remedy)" }

    private typealias Row = (ending: String, name: String, remedy: String)

    private static let convert = "convert it to .nii.gz"
    private static let single = "convert it to a single .nii.gz"
    private static let recompress = "unpack it and compress it with gzip"

    /// The first that fits counts.
    private static let known: [Row] =
        formats + around([".nii.gz", ".nii"], wrappings) + around([".nii.gz", ".nii", ""], archives)

    private static let formats: [Row] = [
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
        (".nii.gz.gz", "compressed twice", "decompress it once"),
    ]

    /// What stands behind a NIfTI file's whole name.
    private static let wrappings: [Row] =
        [".part", ".partial", ".crdownload", ".filepart", ".download", ".tmp"].map {
            ($0, "an incomplete download", "finish it or fetch it again")
        } + [".gpg", ".aes", ".enc"].map { ($0, "encrypted", "decrypt it") } + [
            (".bz2", "NIfTI compressed with bzip2", recompress), (".xz", "NIfTI compressed with xz", recompress),
            (".zst", "NIfTI compressed with zstd", recompress), (".z", "NIfTI compressed with compress", recompress),
        ]

    /// Also without `.nii`: a contrast's name on an archive is enough to say that it was acquired.
    private static let archives: [Row] = [
        (".zip", "a ZIP archive", "unpack it"), (".7z", "a 7-Zip archive", "unpack it"),
        (".tar.gz", "a tar archive", "unpack it"), (".tgz", "a tar archive", "unpack it"),
        (".tar", "a tar archive", "unpack it"),
    ]

    /// Only behind a name without another ending: a table or a text may be compressed, too.
    private static let nameless: Row = (".gz", "a .gz file without .nii in its name", "rename it to .nii.gz")

    private static func around(_ inner: [String], _ outer: [Row]) -> [Row] {
        inner.flatMap { inner in outer.map { (inner + $0.ending, $0.name, $0.remedy) } }
    }
}
