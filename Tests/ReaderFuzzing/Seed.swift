import TestSupport

/// A valid small NIfTI file, made from the table of fields.
struct Seed {
    let version: Int
    let isBigEndian: Bool
    private(set) var bytes: [UInt8]

    private static let datatypes: [(code: Int, width: Int)] = [
        (2, 1), (4, 2), (8, 4), (16, 4), (64, 8), (256, 1), (512, 2), (768, 4), (1024, 8), (1280, 8),
    ]

    /// Draws version, byte order, datatype, size, geometry, unit, scaling and voxels.
    init(_ random: inout SplitMix64) {
        version = Bool.random(using: &random) ? 1 : 2
        isBigEndian = Int.random(in: 0..<4, using: &random) == 0
        let start = version == 1 ? 352 : 544
        bytes = [UInt8](repeating: 0, count: start)
        let (code, width) = Self.datatypes[Int.random(in: 0..<10, using: &random)]
        let size = (0..<3).map { _ in Int.random(in: 1...6, using: &random) }
        put("sizeof_hdr", version == 1 ? 348 : 540)
        for (n, value) in ([3] + size + [1, 1, 1, 1]).enumerated() { put("dim", Double(value), n) }
        put("datatype", Double(code))
        put("bitpix", Double(8 * width))
        put("vox_offset", Double(start))
        put("scl_slope", [0, 1, 0.5][Int.random(in: 0..<3, using: &random)])
        put("xyzt_units", [2, 2, 0, 1, 3][Int.random(in: 0..<5, using: &random)])
        let magic: [UInt8] = version == 1 ? Array("n+1\0".utf8) : Array("n+2\0\r\n\u{1a}\n".utf8)
        for (n, byte) in magic.enumerated() { put("magic", Double(byte), n) }
        let forms = Int.random(in: 0..<4, using: &random)
        put("sform_code", Double(forms & 1))
        put("qform_code", Double(forms >> 1))
        for n in 0..<4 { put("pixdim", [1, 1, 2, 3][n], n) }
        put("quatern", 0.5, 1)
        for n in 0..<3 { put("srow", [1, 2, 3][(n + forms) % 3], 5 * n) }
        bytes += (0..<size.reduce(width, *)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private mutating func put(_ name: String, _ value: Double, _ element: Int = 0) {
        guard let field = HeaderField.all(version: version).first(where: { $0.name == name }) else { return }
        bytes.store(value, field.kind, at: field.place(element), isBigEndian)
    }
}

extension [UInt8] {
    /// Puts a number in, rounded to its kind.
    mutating func store(_ value: Double, _ kind: HeaderField.Kind, at offset: Int, _ isBigEndian: Bool) {
        switch kind {
        case .int8: store(bits: UInt64(UInt8(truncatingIfNeeded: Int(value))), width: 1, at: offset, isBigEndian)
        case .int16: store(bits: UInt64(UInt16(truncatingIfNeeded: Int(value))), width: 2, at: offset, isBigEndian)
        case .int32: store(bits: UInt64(UInt32(truncatingIfNeeded: Int(value))), width: 4, at: offset, isBigEndian)
        case .int64: store(bits: UInt64(bitPattern: Int64(value)), width: 8, at: offset, isBigEndian)
        case .float32: store(bits: UInt64(Float(value).bitPattern), width: 4, at: offset, isBigEndian)
        case .float64: store(bits: value.bitPattern, width: 8, at: offset, isBigEndian)
        }
    }

    /// Puts the lowest bytes of a pattern in; what would stand beyond the end is lost.
    mutating func store(bits: UInt64, width: Int, at offset: Int, _ isBigEndian: Bool) {
        for n in 0..<width where offset + n < count {
            self[offset + n] = UInt8(truncatingIfNeeded: bits >> UInt64(8 * (isBigEndian ? width - 1 - n : n)))
        }
    }

    /// A whole number from its bytes, its sign kept.
    func load(width: Int, at offset: Int, _ isBigEndian: Bool) -> Int {
        var bits: UInt64 = 0
        for n in 0..<width { bits |= UInt64(self[offset + n]) << UInt64(8 * (isBigEndian ? width - 1 - n : n)) }
        let unused = UInt64(64 - 8 * width)
        return Int(Int64(bitPattern: bits << unused) >> Int64(unused))
    }
}
