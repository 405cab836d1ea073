/// Where a field of the NIfTI header stands and how it is stored, from the standard's table, independently of the code under test.
struct HeaderField {
    enum Kind {
        case int8, int16, int32, int64, float32, float64

        var width: Int {
            switch self {
            case .int8: 1
            case .int16: 2
            case .int32, .float32: 4
            case .int64, .float64: 8
            }
        }
    }

    let name: String
    let offset: Int
    let kind: Kind
    let count: Int

    init(_ name: String, _ offset: Int, _ kind: Kind, _ count: Int = 1) {
        self.name = name
        self.offset = offset
        self.kind = kind
        self.count = count
    }

    /// Where one of its elements stands.
    func place(_ element: Int) -> Int { offset + element * kind.width }

    static func all(version: Int) -> [HeaderField] { version == 1 ? version1 : version2 }

    private static let version1 = [
        HeaderField("sizeof_hdr", 0, .int32), HeaderField("dim", 40, .int16, 8),
        HeaderField("intent_p", 56, .float32, 3),
        HeaderField("intent_code", 68, .int16), HeaderField("datatype", 70, .int16), HeaderField("bitpix", 72, .int16),
        HeaderField("pixdim", 76, .float32, 8), HeaderField("vox_offset", 108, .float32),
        HeaderField("scl_slope", 112, .float32), HeaderField("scl_inter", 116, .float32),
        HeaderField("xyzt_units", 123, .int8), HeaderField("descrip", 148, .int8, 80),
        HeaderField("qform_code", 252, .int16), HeaderField("sform_code", 254, .int16),
        HeaderField("quatern", 256, .float32, 3), HeaderField("qoffset", 268, .float32, 3),
        HeaderField("srow", 280, .float32, 12), HeaderField("magic", 344, .int8, 4),
        HeaderField("extension", 348, .int8, 4),
    ]

    private static let version2 = [
        HeaderField("sizeof_hdr", 0, .int32), HeaderField("magic", 4, .int8, 8), HeaderField("datatype", 12, .int16),
        HeaderField("bitpix", 14, .int16), HeaderField("dim", 16, .int64, 8), HeaderField("intent_p", 80, .float64, 3),
        HeaderField("pixdim", 104, .float64, 8), HeaderField("vox_offset", 168, .int64),
        HeaderField("scl_slope", 176, .float64), HeaderField("scl_inter", 184, .float64),
        HeaderField("descrip", 240, .int8, 80), HeaderField("qform_code", 344, .int32),
        HeaderField("sform_code", 348, .int32), HeaderField("quatern", 352, .float64, 3),
        HeaderField("qoffset", 376, .float64, 3), HeaderField("srow", 400, .float64, 12),
        HeaderField("xyzt_units", 500, .int32), HeaderField("intent_code", 504, .int32),
        HeaderField("extension", 540, .int8, 4),
    ]
}
