import CNIfTI

/// A NIfTI header as stored, decoded but not believed: every number may be nonsense.
struct RawHeader: Sendable {
    /// Bytes of a NIfTI-1 header; that of NIfTI-2 is longer.
    static let shortestLength = 348

    /// The header as it stands in the file.
    let bytes: [UInt8]
    let version: Int
    let isSwapped: Bool
    let magic: [UInt8]
    let datatypeCode: Int
    let bitsPerVoxel: Int
    let dim: [Int]
    let pixdim: [Double]
    let voxelOffset: Double
    let slope: Double
    let intercept: Double
    let qformCode: Int
    let sformCode: Int
    let quaternion: [Double]
    let qoffset: [Double]
    /// Rows x, y, z of the sform.
    let sformRows: [Double]
    let unitsCode: Int
    let intentCode: Int
    let description: String

    /// - Parameter bytes: exactly a header of a known length.
    init(_ bytes: [UInt8]) {
        precondition(bytes.count >= 4 && bytes.count == cnifti_header_length(bytes), "not a whole header")
        var fields = cnifti_fields()
        cnifti_decode(bytes, &fields)
        self.bytes = bytes
        version = Int(fields.version)
        isSwapped = fields.swapped
        magic = elements(fields.magic, of: UInt8.self)
        datatypeCode = Int(fields.datatype)
        bitsPerVoxel = Int(fields.bitpix)
        dim = elements(fields.dim, of: Int64.self).map(Int.init)
        pixdim = elements(fields.pixdim, of: Double.self)
        voxelOffset = fields.vox_offset
        (slope, intercept) = (fields.scl_slope, fields.scl_inter)
        (qformCode, sformCode) = (Int(fields.qform_code), Int(fields.sform_code))
        quaternion = elements(fields.quatern, of: Double.self)
        qoffset = elements(fields.qoffset, of: Double.self)
        sformRows = elements(fields.srow, of: Double.self)
        unitsCode = Int(fields.xyzt_units)
        intentCode = Int(fields.intent_code)
        let text = elements(fields.descrip, of: UInt8.self).prefix { $0 != 0 }
        description = String(decoding: text, as: UTF8.self).printable
    }

    /// Where voxels start at the earliest: after the header and the four bytes that announce extensions.
    var smallestOffset: Int { bytes.count + 4 }

    /// Where voxels start; as libnifti does, an offset inside the header counts as the smallest one. Nil if it is no sensible number.
    var dataOffset: Int? {
        guard voxelOffset >= 0, voxelOffset <= Double(1 << 30) else { return nil }
        return max(Int(voxelOffset), smallestOffset)
    }

    /// Size along i, j, k; nil unless these are three positive numbers.
    var size: SIMD3<Int>? {
        guard dim[0] >= 3, dim[1] > 0, dim[2] > 0, dim[3] > 0 else { return nil }
        return SIMD3(dim[1], dim[2], dim[3])
    }

    /// Number of voxels; nil if there is no size or it does not fit an integer.
    var voxelCount: Int? {
        guard let size else { return nil }
        let (plane, tooLarge) = size.x.multipliedReportingOverflow(by: size.y)
        let (count, stillTooLarge) = plane.multipliedReportingOverflow(by: size.z)
        return tooLarge || stillTooLarge ? nil : count
    }

    var datatype: NIfTIDatatype? { NIfTIDatatype(rawValue: datatypeCode) }

    /// mm per unit of the header's lengths.
    var millimetres: Double {
        switch unitsCode & 7 {
        case 1: 1000
        case 3: 0.001
        default: 1
        }
    }

    /// pixdim without its sign, in mm.
    var spacing: SIMD3<Double> {
        SIMD3(abs(pixdim[1]), abs(pixdim[2]), abs(pixdim[3])) * millimetres
    }

    /// Whether all three pixdim are positive or negative numbers.
    var hasSpacing: Bool { (1...3).allSatisfy { pixdim[$0].isFinite && pixdim[$0] != 0 } }

    /// Method 3: the sform in mm, whatever its code.
    var sform: Affine { Affine(rows: sformRows).scaled(by: millimetres) }

    /// Method 2: the qform in mm, whatever its code; nil if pixdim cannot give it step sizes.
    var qform: Affine? {
        guard hasSpacing else { return nil }
        var rows = [Double](repeating: 0, count: 12)
        cnifti_matrix_from_quaternion(
            quaternion, qoffset, (1...3).map { abs(pixdim[$0]) }, pixdim[0] < 0 ? -1 : 1, &rows)
        return Affine(rows: rows).scaled(by: millimetres)
    }

    /// Method 1: pixdim alone, axes along the world's, voxel (0, 0, 0) at the world's origin.
    var pixdimAffine: Affine {
        Affine(i: [spacing.x, 0, 0], j: [0, spacing.y, 0], k: [0, 0, spacing.z], origin: .zero)
    }

    /// The affine that counts: the sform if its code is positive, else the qform if its code is positive, else pixdim alone.
    var affine: (source: NIfTIHeader.AffineSource, value: Affine?) {
        if sformCode > 0 { return (.sform, sform) }
        if qformCode > 0 { return (.qform, qform) }
        return (.pixdim, hasSpacing ? pixdimAffine : nil)
    }
}

extension Affine {
    /// From rows x, y, z of four numbers each.
    init(rows: [Double]) {
        func column(_ n: Int) -> SIMD3<Double> { SIMD3(rows[n], rows[4 + n], rows[8 + n]) }
        self.init(i: column(0), j: column(1), k: column(2), origin: column(3))
    }

    /// Rows x, y, z of four numbers each.
    var rows: [Double] {
        (0..<3).flatMap { [i[$0], j[$0], k[$0], origin[$0]] }
    }
}

/// The elements of a C array, which Swift sees as a tuple.
func elements<Tuple, Element>(_ tuple: Tuple, of type: Element.Type) -> [Element] {
    withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: type)) }
}
