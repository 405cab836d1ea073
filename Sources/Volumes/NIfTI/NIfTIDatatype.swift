/// How a NIfTI file stores one voxel; the raw value is the file's datatype code.
package enum NIfTIDatatype: Int, Sendable, CaseIterable {
    case uint8 = 2
    case int16 = 4
    case int32 = 8
    case float32 = 16
    case float64 = 64
    case int8 = 256
    case uint16 = 512
    case uint32 = 768
    case int64 = 1024
    case uint64 = 1280

    /// Bytes per voxel.
    package var byteCount: Int {
        switch self {
        case .uint8, .int8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64, .float64: 8
        }
    }

    /// Whether voxels are whole numbers (before the header's scaling).
    package var isInteger: Bool { self != .float32 && self != .float64 }

    /// What the datatype code means, for every code of the standard; nil for codes it does not know.
    static func name(ofCode code: Int) -> String? {
        if let known = NIfTIDatatype(rawValue: code) { return "\(known)" }
        return [
            0: "unknown", 1: "1-bit", 32: "complex64", 128: "RGB colour", 255: "any", 1536: "float128",
            1792: "complex128",
            2048: "complex256", 2304: "RGBA colour",
        ][code]
    }
}
