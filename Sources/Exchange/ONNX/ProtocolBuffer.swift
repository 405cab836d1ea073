import Foundation

/// Writes one message in the encoding of Protocol Buffers (https://protobuf.dev/programming-guides/encoding): fields in
/// the order in which they are added, each a tag and a value. Reading is not needed here.
struct ProtocolBuffer {
    private(set) var bytes = Data()

    /// A whole number; negative ones take ten bytes.
    mutating func add(_ field: Int, _ value: Int) {
        append(varint: field << 3)
        append(varint: value)
    }

    mutating func add(_ field: Int, _ value: Float) {
        append(varint: field << 3 | 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ field: Int, _ text: String) { add(field, Data(text.utf8)) }

    mutating func add(_ field: Int, _ message: ProtocolBuffer) { add(field, message.bytes) }

    mutating func add(_ field: Int, _ value: Data) {
        append(varint: field << 3 | 2)
        append(varint: value.count)
        bytes.append(value)
    }

    private mutating func append(varint value: Int) {
        var rest = UInt64(bitPattern: Int64(value))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
