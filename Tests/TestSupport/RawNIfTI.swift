/// Builds NIfTI files byte by byte from the standard's table of offsets, independently of the code under test.
package struct RawNIfTI {
    /// 1 or 2.
    package var version = 1
    /// Numbers stored with the most significant byte first.
    package var isBigEndian = false
    /// Nil: the right one.
    package var magic: [UInt8]?
    /// Nil: the right one.
    package var headerSize: Int32?
    /// The code of the standard.
    package var datatype: Int16 = 16
    /// Should fit the datatype.
    package var bitsPerVoxel: Int16 = 32
    /// Rank, then sizes.
    package var dim: [Int64] = [3, 2, 3, 4, 1, 1, 1, 1]
    /// qfac, then step sizes.
    package var pixdim: [Double] = [1, 1, 1, 1, 1, 1, 1, 1]
    /// Nil: right behind header and extension.
    package var voxelOffset: Double?
    /// scl_slope.
    package var slope = 1.0
    /// scl_inter.
    package var intercept = 0.0
    /// 0 = no qform.
    package var qformCode: Int32 = 0
    /// 0 = no sform.
    package var sformCode: Int32 = 1
    /// b, c, d.
    package var quaternion: [Double] = [0, 0, 0]
    /// x, y, z.
    package var qoffset: [Double] = [0, 0, 0]
    /// Rows x, y, z.
    package var srow: [Double] = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    /// xyzt_units: 1 metres, 2 mm, 3 microns, + 8 for seconds.
    package var units: Int32 = 2
    /// intent_code.
    package var intent: Int32 = 0
    /// descrip.
    package var description = "made by hand"
    /// Extension bytes (esize, ecode, data), announced by the four bytes behind the header.
    package var extensions: [UInt8] = []
    /// The stored voxels, already in the file's byte order: see ``append(_:)``.
    package var voxels: [UInt8] = []

    /// A float32 file of 2 × 3 × 4 voxels of 1 mm; append the voxels.
    package init(version: Int = 1, isBigEndian: Bool = false) {
        (self.version, self.isBigEndian) = (version, isBigEndian)
    }

    /// Adds one stored voxel.
    package mutating func append<Stored: FixedWidthInteger>(_ value: Stored) { voxels += bytes(value) }

    /// Adds one stored voxel.
    package mutating func append(_ value: Float) { voxels += bytes(value.bitPattern) }

    /// Adds one stored voxel.
    package mutating func append(_ value: Double) { voxels += bytes(value.bitPattern) }

    /// Length of the header alone.
    package var headerLength: Int { version == 1 ? 348 : 540 }

    /// The whole file, not compressed.
    package var file: [UInt8] {
        var header = version == 1 ? header1() : header2()
        header += extensions.isEmpty ? [0, 0, 0, 0] : [1, 0, 0, 0]
        header += extensions
        if let voxelOffset, voxelOffset > Double(header.count), voxelOffset < 1e6 {
            header += [UInt8](repeating: 0, count: Int(voxelOffset) - header.count)
        }
        return header + voxels
    }

    private func bytes<Stored: FixedWidthInteger>(_ value: Stored) -> [UInt8] {
        withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { Array($0) }
    }

    private func start() -> Double { voxelOffset ?? Double(headerLength + 4 + extensions.count) }

    private func header1() -> [UInt8] {
        var out = [UInt8](repeating: 0, count: 348)
        func put(_ value: [UInt8], at offset: Int) { out.replaceSubrange(offset..<offset + value.count, with: value) }
        func put(_ values: [Double], at offset: Int) {
            for (n, value) in values.enumerated() { put(bytes(Float(value).bitPattern), at: offset + 4 * n) }
        }
        put(bytes(headerSize ?? 348), at: 0)
        for n in 0..<8 { put(bytes(Int16(truncatingIfNeeded: dim[n])), at: 40 + 2 * n) }
        put(bytes(Int16(truncatingIfNeeded: intent)), at: 68)
        put(bytes(datatype), at: 70)
        put(bytes(bitsPerVoxel), at: 72)
        put(pixdim, at: 76)
        put([start(), slope, intercept], at: 108)
        put([UInt8(truncatingIfNeeded: units)], at: 123)
        put(Array(description.utf8.prefix(79)), at: 148)
        put(bytes(Int16(truncatingIfNeeded: qformCode)), at: 252)
        put(bytes(Int16(truncatingIfNeeded: sformCode)), at: 254)
        put(quaternion + qoffset + srow, at: 256)
        put(magic ?? [0x6e, 0x2b, 0x31, 0], at: 344)
        return out
    }

    private func header2() -> [UInt8] {
        var out = [UInt8](repeating: 0, count: 540)
        func put(_ value: [UInt8], at offset: Int) { out.replaceSubrange(offset..<offset + value.count, with: value) }
        func put(_ values: [Double], at offset: Int) {
            for (n, value) in values.enumerated() { put(bytes(value.bitPattern), at: offset + 8 * n) }
        }
        put(bytes(headerSize ?? 540), at: 0)
        put(magic ?? [0x6e, 0x2b, 0x32, 0, 0x0d, 0x0a, 0x1a, 0x0a], at: 4)
        put(bytes(datatype), at: 12)
        put(bytes(bitsPerVoxel), at: 14)
        for n in 0..<8 { put(bytes(dim[n]), at: 16 + 8 * n) }
        put(pixdim, at: 104)
        put(bytes(start().isNaN ? .min : Int64(max(-1e18, min(1e18, start())))), at: 168)
        put([slope, intercept], at: 176)
        put(Array(description.utf8.prefix(79)), at: 240)
        put(bytes(qformCode), at: 344)
        put(bytes(sformCode), at: 348)
        put(quaternion + qoffset + srow, at: 352)
        put(bytes(units), at: 500)
        put(bytes(intent), at: 504)
        return out
    }
}
