/// What a NIfTI file says about its voxels, checked; holds everything needed to write another volume like it.
package struct NIfTIHeader: Sendable {
    /// The order of bytes within a number.
    package enum ByteOrder: String, Sendable {
        case little
        case big
    }

    /// Which of the header's three ways to give voxels a place is in force.
    package enum AffineSource: String, Sendable {
        /// Method 3: a general affine.
        case sform
        /// Method 2: rotation, offset and step sizes.
        case qform
        /// Method 1: step sizes only; the orientation is an assumption.
        case pixdim
    }

    /// 1 or 2.
    package let version: Int
    /// How numbers are stored.
    package let byteOrder: ByteOrder
    /// How a voxel is stored.
    package let datatype: NIfTIDatatype
    /// Size and place of the voxels: the sform if its code is positive, else the qform if its code is positive, else pixdim alone; in mm.
    package let grid: Grid
    /// Where `grid` comes from.
    package let affineSource: AffineSource
    /// What the qform's coordinates mean (0 = no qform, 1 = scanner, 2 = aligned, 3 = Talairach, 4 = MNI 152, 5 = template).
    package let qformCode: Int
    /// What the sform's coordinates mean, as ``qformCode``.
    package let sformCode: Int
    /// The qform in mm; nil if its code is 0 or it has no step sizes.
    package let qform: Affine?
    /// The sform in mm; nil if its code is 0.
    package let sform: Affine?
    /// mm per unit of length in the file: 1, 1000 (metres) or 0.001 (microns).
    package let millimetresPerUnit: Double
    /// Voxel value = stored number × slope + intercept; 1 and 0 where the file asks for no scaling.
    package let slope: Double
    /// See ``slope``.
    package let intercept: Double
    /// The file's free text; characters that cannot be shown are replaced by "?".
    package let description: String

    /// Number of voxels along i, j, k.
    package var size: SIMD3<Int> { grid.size }
    /// Distance in mm between neighbouring voxels along i, j, k.
    package var spacing: SIMD3<Double> { grid.spacing }

    /// The header as it stands in the file, to be written back with little changed.
    let bytes: [UInt8]
    /// Where voxels start in the (decompressed) file.
    let dataOffset: Int
    let isSwapped: Bool

    /// Nil if the raw header is one that no check may let pass.
    init?(_ raw: RawHeader) {
        let (source, affine) = raw.affine
        guard let size = raw.size, let datatype = raw.datatype, let affine, let offset = raw.dataOffset else {
            return nil
        }
        version = raw.version
        isSwapped = raw.isSwapped
        byteOrder = (1.littleEndian == 1) == raw.isSwapped ? .big : .little
        self.datatype = datatype
        grid = Grid(size: size, affine: affine)
        affineSource = source
        (qformCode, sformCode) = (raw.qformCode, raw.sformCode)
        qform = raw.qformCode > 0 ? raw.qform : nil
        sform = raw.sformCode > 0 ? raw.sform : nil
        millimetresPerUnit = raw.millimetres
        let isScaled = raw.slope.isFinite && raw.slope != 0
        (slope, intercept) = isScaled ? (raw.slope, raw.intercept) : (1, 0)
        description = raw.description
        bytes = raw.bytes
        dataOffset = offset
    }
}
