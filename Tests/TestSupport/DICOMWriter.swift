import Foundation

/// Data elements of a DICOM file made for a test.
package struct DICOMDataSet {
    private var elements: [UInt32: (representation: String, value: [UInt8])] = [:]

    package init() {}

    /// - Parameters:
    ///   - tag: group and element, e.g. 0x0008_0060.
    ///   - representation: VR, two letters.
    package mutating func set(_ tag: UInt32, _ representation: String, _ value: [UInt8]) {
        elements[tag] = (representation, value)
    }

    /// Text, made even with a blank or, as an identifier, with a zero.
    package mutating func set(_ tag: UInt32, _ representation: String, _ text: String) {
        let padding: [UInt8] = text.utf8.count % 2 == 0 ? [] : [representation == "UI" ? 0 : 32]
        set(tag, representation, Array(text.utf8) + padding)
    }

    package mutating func set(_ tag: UInt32, _ number: UInt16) { set(tag, "US", Self.bytes(number)) }

    package mutating func remove(_ tag: UInt32) { elements[tag] = nil }

    /// A file with preamble and group 2.
    /// - Parameter syntax: of the data set; explicit VR little endian unless it is 1.2.840.10008.1.2.
    package func file(syntax: String = "1.2.840.10008.1.2.1") -> [UInt8] {
        var meta = DICOMDataSet()
        meta.set(0x0002_0001, "OB", [0, 1])
        meta.set(0x0002_0002, "UI", "1.2.840.10008.5.1.4.1.1.4")
        meta.set(0x0002_0003, "UI", "1.2.3")
        meta.set(0x0002_0010, "UI", syntax)
        let head = meta.bytes(isExplicit: true)
        var length = DICOMDataSet()
        length.set(0x0002_0000, "UL", Self.bytes(UInt32(head.count)))
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length.bytes(isExplicit: true) + head
            + bytes(isExplicit: syntax != "1.2.840.10008.1.2")
    }

    /// In ascending order of the tags.
    package func bytes(isExplicit: Bool) -> [UInt8] {
        elements.sorted { $0.key < $1.key }.flatMap { tag, element -> [UInt8] in
            let start = Self.bytes(UInt16(tag >> 16)) + Self.bytes(UInt16(tag & 0xFFFF))
            // A sequence is given with its delimiters, so its length is left open.
            let length = element.representation == "SQ" ? UInt32.max : UInt32(element.value.count)
            guard isExplicit else { return start + Self.bytes(length) + element.value }
            let isLong = ["OB", "OW", "SQ", "UN", "UT"].contains(element.representation)
            return start + Array(element.representation.utf8)
                + (isLong ? [0, 0] + Self.bytes(length) : Self.bytes(UInt16(truncatingIfNeeded: length)))
                + element.value
        }
    }

    /// A sequence with one item, both of open length, for `set(tag, "SQ", …)`.
    package func asSequence(isExplicit: Bool) -> [UInt8] {
        let open: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
        return [0xFE, 0xFF, 0x00, 0xE0] + open + bytes(isExplicit: isExplicit)
            + [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0] + [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
    }

    package static func bytes<T: FixedWidthInteger>(_ number: T) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
