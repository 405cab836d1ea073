/// Reads the data elements of one file up to its pixels (DICOM PS3.5, section 7; PS3.10, section 7).
///
/// Explicit and implicit VR, little endian. Sequences are walked through, their contents are not kept. Every length is
/// compared with the file before it is used; depth and number of elements are bounded, and every element read moves on.
struct HeaderParser {
    private static let deepest = 16
    private static let mostElements = 200_000
    /// Bytes of a value that is kept.
    private static let longestValue = 4096
    private static let undefined = UInt32.max
    private static let implicitSyntax = "1.2.840.10008.1.2"
    private static let bigEndianSyntax = "1.2.840.10008.1.2.2"
    private static let deflatedSyntaxes: Set = ["1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.8.1"]

    private let file: FileBytes
    private var offset = 132
    private var isExplicit = true
    private var elements = 0
    private let kept: Set<Tag>
    /// The bytes of the values to be kept that the file has.
    private(set) var values: [Tag: [UInt8]] = [:]

    private struct Element {
        let tag: Tag
        let representation: String
        let length: UInt32
    }

    /// - Parameter kept: values that are wanted, of 4,096 bytes at most.
    /// - Returns: nil for a file that does not say it is DICOM.
    /// - Throws: `DICOMError` for one that does, but cannot be read.
    init?(_ file: FileBytes, keeping kept: Set<Tag> = Tag.wanted) throws(DICOMError) {
        (self.file, self.kept) = (file, kept)
        guard let mark = try file.bytes(128, 4), Array(mark) == Array("DICM".utf8) else { return nil }
        let syntax = try metaInformation()
        if syntax == Self.bigEndianSyntax || Self.deflatedSyntaxes.contains(syntax) {
            throw DICOMError(
                .unsupported, path: file.path,
                "is DICOM in \(syntax == Self.bigEndianSyntax ? "big-endian byte order" : "a deflated form"), which is"
                    + " not read; convert it to explicit VR little endian (dcmconv +te)")
        }
        isExplicit = syntax != Self.implicitSyntax
        try dataSet()
    }

    /// Group 0002, explicit whatever follows.
    private mutating func metaInformation() throws(DICOMError) -> String {
        var syntax = Self.implicitSyntax
        while let group = try number16(offset), group == 0x0002 {
            let element = try element()
            guard element.length != Self.undefined else { throw malformed("an element of group 2 without a length") }
            if element.tag == .transferSyntax {
                syntax = HeaderText.text(try value(element.length) ?? [])
            }
            try skip(element.length)
        }
        return syntax
    }

    private mutating func dataSet() throws(DICOMError) {
        while offset < file.size {
            // What follows the pixels, or what comes before them and is of no interest, is not read.
            guard let group = try number16(offset), group <= 0x0028 else { return }
            let element = try element()
            if element.tag == .pixelData { return }
            if element.length == Self.undefined {
                try sequence(element, depth: 1)
                continue
            }
            if kept.contains(element.tag), values[element.tag] == nil, let bytes = try value(element.length) {
                values[element.tag] = bytes
            }
            try skip(element.length)
        }
    }

    /// An element's head; `offset` is then at its value.
    private mutating func element() throws(DICOMError) -> Element {
        elements += 1
        guard elements <= Self.mostElements else { throw malformed("more than \(Self.mostElements) elements") }
        guard let group = try number16(offset), let number = try number16(offset + 2) else { throw truncated() }
        let tag = Tag(group, number)
        let isDelimiter = group == 0xFFFE
        guard (isExplicit || group == 0x0002) && !isDelimiter else {
            guard let length = try number32(offset + 4) else { throw truncated() }
            offset += 8
            return Element(tag: tag, representation: "", length: length)
        }
        guard let code = try file.bytes(offset + 4, 2) else { throw truncated() }
        guard code.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            throw malformed("no type where an element's type should be, at byte \(offset + 4)")
        }
        let representation = String(decoding: code, as: UTF8.self)
        if Self.longForms.contains(representation) {
            guard let length = try number32(offset + 8) else { throw truncated() }
            offset += 12
            return Element(tag: tag, representation: representation, length: length)
        }
        guard let length = try number16(offset + 6) else { throw truncated() }
        offset += 8
        return Element(tag: tag, representation: representation, length: UInt32(length))
    }

    private static let longForms: Set = [
        "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV",
    ]

    /// Items up to the sequence's end. A sequence of unknown type holds implicit VR (PS3.5, section 6.2.2).
    private mutating func sequence(_ element: Element, depth: Int) throws(DICOMError) {
        guard depth <= Self.deepest else { throw malformed("sequences nested more than \(Self.deepest) deep") }
        let wasExplicit = isExplicit
        if element.representation == "UN" { isExplicit = false }
        defer { isExplicit = wasExplicit }
        while true {
            let item = try self.element()
            if item.tag == .sequenceEnd { return }
            guard item.tag == .item else { throw malformed("something else than an item in a sequence") }
            if item.length != Self.undefined {
                try skip(item.length)
                continue
            }
            while true {
                let inner = try self.element()
                if inner.tag == .itemEnd { break }
                if inner.length == Self.undefined {
                    try sequence(inner, depth: depth + 1)
                } else {
                    try skip(inner.length)
                }
            }
        }
    }

    private func value(_ length: UInt32) throws(DICOMError) -> [UInt8]? {
        guard length <= Self.longestValue else { return nil }
        return try file.bytes(offset, Int(length)).map { Array($0) }
    }

    private mutating func skip(_ length: UInt32) throws(DICOMError) {
        guard Int(length) <= file.size - offset else { throw truncated() }
        offset += Int(length)
    }

    private func number16(_ offset: Int) throws(DICOMError) -> UInt16? {
        try file.bytes(offset, 2).map { bytes in
            UInt16(bytes[bytes.startIndex]) | UInt16(bytes[bytes.startIndex + 1]) << 8
        }
    }

    private func number32(_ offset: Int) throws(DICOMError) -> UInt32? {
        guard let low = try number16(offset), let high = try number16(offset + 2) else { return nil }
        return UInt32(low) | UInt32(high) << 16
    }

    private func truncated() -> DICOMError {
        DICOMError(.malformed, path: file.path, "ends before its header does; copy it again")
    }

    private func malformed(_ what: String) -> DICOMError {
        DICOMError(.malformed, path: file.path, "is damaged DICOM (\(what)); copy it again or leave it out")
    }
}
