/// Data elements to be written: explicit VR, little endian (DICOM PS3.5, section 7.1.2), in ascending order of their tags.
struct DataSet {
    private static let longForms: Set = ["OB", "OW", "SQ", "UN", "UT"]
    private var elements: [Tag: (representation: String, value: [UInt8])] = [:]

    /// - Precondition: fewer than 2¹⁶ bytes, or a VR with a long length.
    mutating func set(_ tag: Tag, _ representation: String, bytes: [UInt8]) {
        var value = bytes
        if value.count % 2 == 1 { value.append(representation == "UI" || representation == "OB" ? 0 : 0x20) }
        precondition(
            Self.longForms.contains(representation) || value.count <= Int(UInt16.max), "a value that is too long")
        elements[tag] = (representation, value)
    }

    mutating func set(_ tag: Tag, _ representation: String, _ text: String) {
        set(tag, representation, bytes: Array(text.utf8))
    }

    mutating func set(_ tag: Tag, _ number: UInt16) {
        set(tag, "US", bytes: Self.bytes(number))
    }

    /// A sequence of items.
    mutating func set(_ tag: Tag, items: [DataSet]) {
        set(
            tag, "SQ",
            bytes: items.flatMap { item in
                let content = item.encoded()
                return Tag.item.bytes + Self.bytes(UInt32(content.count)) + content
            })
    }

    func has(_ tag: Tag) -> Bool { elements[tag] != nil }

    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        for (tag, element) in elements.sorted(by: { $0.key < $1.key }) {
            bytes += tag.bytes + Array(element.representation.utf8)
            if Self.longForms.contains(element.representation) {
                bytes += [0, 0] + Self.bytes(UInt32(element.value.count))
            } else {
                bytes += Self.bytes(UInt16(element.value.count))
            }
            bytes += element.value
        }
        return bytes
    }

    static func bytes(_ number: UInt16) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8)] }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        bytes(UInt16(number & 0xFFFF)) + bytes(UInt16(number >> 16))
    }

    /// A whole file (PS3.10, section 7): preamble, meta information, then this.
    /// - Parameters:
    ///   - objectClass: of the object.
    ///   - instance: its identifier.
    func file(objectClass: String, instance: String) -> [UInt8] {
        var meta = DataSet()
        meta.set(Tag(0x0002, 0x0001), "OB", bytes: [0, 1])
        meta.set(Tag(0x0002, 0x0002), "UI", objectClass)
        meta.set(Tag(0x0002, 0x0003), "UI", instance)
        meta.set(.transferSyntax, "UI", "1.2.840.10008.1.2.1")
        meta.set(Tag(0x0002, 0x0012), "UI", UniqueIdentifier.implementation)
        meta.set(Tag(0x0002, 0x0013), "SH", "COLLAGAN")
        let rest = meta.encoded()
        var length = DataSet()
        length.set(Tag(0x0002, 0x0000), "UL", bytes: Self.bytes(UInt32(rest.count)))
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + length.encoded() + rest + encoded()
    }
}

extension Tag {
    fileprivate var bytes: [UInt8] { DataSet.bytes(group) + DataSet.bytes(element) }
}
