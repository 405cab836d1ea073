/// Turns stored voxels into scaled Float values.
struct VoxelDecoder {
    private let datatype: NIfTIDatatype
    private let isSwapped: Bool
    private let slope: Double
    private let intercept: Double
    private var isScaled: Bool { slope != 1 || intercept != 0 }

    init(_ header: NIfTIHeader) {
        (datatype, isSwapped) = (header.datatype, header.isSwapped)
        (slope, intercept) = (header.slope, header.intercept)
    }

    /// Decodes `count` voxels from `raw` (any alignment) to `out` and returns how many of them are NaN or infinite.
    ///
    /// Without scaling a stored number is rounded once to Float; with scaling it is scaled in Double, then rounded.
    func decode(_ raw: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<Float>) -> Int {
        switch datatype {
        case .uint8: integers(UInt8.self, raw, count: count, to: out)
        case .int8: integers(Int8.self, raw, count: count, to: out)
        case .uint16: integers(UInt16.self, raw, count: count, to: out)
        case .int16: integers(Int16.self, raw, count: count, to: out)
        case .uint32: integers(UInt32.self, raw, count: count, to: out)
        case .int32: integers(Int32.self, raw, count: count, to: out)
        case .uint64: integers(UInt64.self, raw, count: count, to: out)
        case .int64: integers(Int64.self, raw, count: count, to: out)
        case .float32:
            each(UInt32.self, raw, count: count, to: out) {
                isScaled ? scaled(Double(Float(bitPattern: $0))) : Float(bitPattern: $0)
            }
        case .float64:
            each(UInt64.self, raw, count: count, to: out) {
                isScaled ? scaled(Double(bitPattern: $0)) : Float(Double(bitPattern: $0))
            }
        }
        return (0..<count).reduce(0) { out[$1].isFinite ? $0 : $0 + 1 }
    }

    @inline(__always)
    private func scaled(_ value: Double) -> Float { Float(value * slope + intercept) }

    @inline(__always)
    private func integers<Stored: FixedWidthInteger>(
        _ type: Stored.Type, _ raw: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<Float>
    ) {
        each(type, raw, count: count, to: out) { isScaled ? scaled(Double($0)) : Float($0) }
    }

    @inline(__always)
    private func each<Stored: FixedWidthInteger>(
        _ type: Stored.Type, _ raw: UnsafeRawPointer, count: Int, to out: UnsafeMutablePointer<Float>,
        _ value: (Stored) -> Float
    ) {
        for n in 0..<count {
            let stored = raw.loadUnaligned(fromByteOffset: n * MemoryLayout<Stored>.size, as: Stored.self)
            out[n] = value(isSwapped ? stored.byteSwapped : stored)
        }
    }
}
