/// Turns Float values into stored voxels of a datatype, with the scaling that uses it best.
struct VoxelEncoder {
    /// Value = stored × slope + intercept; both are exact in single precision, as NIfTI-1 stores them.
    let slope: Double
    let intercept: Double
    private let datatype: NIfTIDatatype

    /// Chooses the scaling for these values; nil if the datatype is an integer and a value is NaN, infinite or so far below 0 that an unsigned
    /// type would need an intercept beyond single precision.
    ///
    /// Floating-point types store the values as they are. Integer types store them as they are too where all are whole and in range (masks,
    /// labels); else the largest magnitude meets the end of the type's range, so that the error is at most slope / 2. A value of 0 is 0 again
    /// when read, always; it is stored as 0 unless an unsigned type has to hold negative values.
    init?(_ datatype: NIfTIDatatype, values: [Float]) {
        self.datatype = datatype
        guard datatype.isInteger else {
            (slope, intercept) = (1, 0)
            return
        }
        var low = 0.0
        var high = 0.0
        var isFinite = true
        var isWhole = true
        for value in values {
            low = min(low, Double(value))
            high = max(high, Double(value))
            isFinite = isFinite && value.isFinite
            isWhole = isWhole && value == value.rounded(.towardZero)
        }
        guard isFinite else { return nil }
        let (smallest, largest) = datatype.range
        if isWhole && low >= smallest && high <= largest {
            (slope, intercept) = (1, 0)
        } else if low < 0 && smallest == 0 {
            // With a power of two, slope × stored is exact, so that the intercept can undo it to exactly 0.
            let levels = min(largest, Self.mostLevels)
            let step = Double(sign: .plus, exponent: Self.exponent(above: (high - low) / (levels - 1)), significand: 1)
            slope = step
            intercept = -(-low / step).rounded(.up) * step
            guard Float(intercept).isFinite else { return nil }
        } else {
            let levels = min(largest, Self.mostLevels)
            slope = Self.singlePrecision(notBelow: max(high, -low) / levels)
            intercept = 0
        }
    }

    /// Finer steps than this would be lost in Float anyway.
    private static let mostLevels = 0x1p24

    private static func singlePrecision(notBelow value: Double) -> Double {
        let rounded = Float(value)
        return Double(max(Double(rounded) < value ? rounded.nextUp : rounded, .leastNormalMagnitude))
    }

    private static func exponent(above value: Double) -> Int {
        max(Int(value.exponent) + 1, -126)
    }

    /// The stored voxels in this machine's byte order.
    func encode(_ values: [Float]) -> [UInt8] {
        switch datatype {
        case .uint8: integers(UInt8.self, values)
        case .int8: integers(Int8.self, values)
        case .uint16: integers(UInt16.self, values)
        case .int16: integers(Int16.self, values)
        case .uint32: integers(UInt32.self, values)
        case .int32: integers(Int32.self, values)
        case .uint64: integers(UInt64.self, values)
        case .int64: integers(Int64.self, values)
        case .float32: each(values) { $0 }
        case .float64: each(values) { Double($0) }
        }
    }

    @inline(__always)
    private func integers<Stored: FixedWidthInteger>(_ type: Stored.Type, _ values: [Float]) -> [UInt8] {
        each(values) { value in
            let level = ((Double(value) - intercept) / slope).rounded(.toNearestOrEven)
            return Stored(exactly: level) ?? (level < 0 ? Stored.min : Stored.max)
        }
    }

    @inline(__always)
    private func each<Stored>(_ values: [Float], _ stored: (Float) -> Stored) -> [UInt8] {
        let width = MemoryLayout<Stored>.size
        return [UInt8](unsafeUninitializedCapacity: values.count * width) { out, count in
            let raw = UnsafeMutableRawBufferPointer(out)
            for (n, value) in values.enumerated() {
                raw.storeBytes(of: stored(value), toByteOffset: n * width, as: Stored.self)
            }
            count = values.count * width
        }
    }
}

extension NIfTIDatatype {
    /// Smallest and largest whole number of an integer type.
    fileprivate var range: (smallest: Double, largest: Double) {
        switch self {
        case .uint8: (0, 255)
        case .int8: (-128, 127)
        case .uint16: (0, 65535)
        case .int16: (-32768, 32767)
        case .uint32: (0, Double(UInt32.max))
        case .int32: (Double(Int32.min), Double(Int32.max))
        case .uint64: (0, Double(UInt64.max))
        case .int64: (Double(Int64.min), Double(Int64.max))
        case .float32, .float64: (-Double.infinity, Double.infinity)
        }
    }
}
