/// What an object derived from a slice takes over from it, byte by byte: patient, study, frame of reference, place.
struct CopiedHeader {
    /// With their types, as headers of implicit VR do not say them (DICOM PS3.6). Text goes with its character set.
    private static let copied: [Tag: String] = [
        Tag(0x0008, 0x0005): "CS", Tag(0x0008, 0x0020): "DA", Tag(0x0008, 0x0030): "TM", Tag(0x0008, 0x0050): "SH",
        Tag(0x0008, 0x0090): "PN", Tag(0x0008, 0x1030): "LO", .patientName: "PN", .patientID: "LO",
        Tag(0x0010, 0x0021): "LO", Tag(0x0010, 0x0030): "DA", Tag(0x0010, 0x0040): "CS", Tag(0x0010, 0x1010): "AS",
        Tag(0x0010, 0x1020): "DS", Tag(0x0010, 0x1030): "DS", Tag(0x0012, 0x0062): "CS", Tag(0x0012, 0x0063): "LO",
        Tag(0x0018, 0x0015): "CS", Tag(0x0018, 0x0023): "CS", Tag(0x0018, 0x0050): "DS", Tag(0x0018, 0x0087): "DS",
        Tag(0x0018, 0x0088): "DS", Tag(0x0018, 0x5100): "CS", .study: "UI", Tag(0x0020, 0x0010): "SH",
        .instanceNumber: "IS", .position: "DS", .orientation: "DS", .frameOfReference: "UI",
        Tag(0x0020, 0x1040): "LO", Tag(0x0020, 0x1041): "DS", .pixelSpacing: "DS",
    ]
    /// What has to be there, empty if it is not known (type 2 of PS3.3).
    private static let expected: [Tag: String] = [
        Tag(0x0008, 0x0020): "DA", Tag(0x0008, 0x0030): "TM", Tag(0x0008, 0x0050): "SH", Tag(0x0008, 0x0090): "PN",
        .patientName: "PN", .patientID: "LO", Tag(0x0010, 0x0030): "DA", Tag(0x0010, 0x0040): "CS",
        Tag(0x0018, 0x0023): "CS", Tag(0x0018, 0x0050): "DS", Tag(0x0018, 0x5100): "CS", Tag(0x0020, 0x0010): "SH",
        Tag(0x0020, 0x1040): "LO",
    ]

    let elements: DataSet
    /// The slice's own identifier, and its class.
    let instance: String
    let objectClass: String

    /// - Throws: `DICOMError` where the file is gone or is not what it was.
    init(of slice: SliceHeader) throws(DICOMError) {
        guard
            let parser = try HeaderParser(
                FileBytes(slice.path), keeping: Tag.wanted.union(Self.copied.keys).union([.instance, .objectClass])),
            SliceHeader(slice.path, parser.values)?.isSame(as: slice) == true
        else {
            throw DICOMError(
                .unreadable, path: slice.path, "is not the slice any more that it was; leave the study alone meanwhile")
        }
        var elements = DataSet()
        for (tag, representation) in Self.expected { elements.set(tag, representation, "") }
        for (tag, representation) in Self.copied {
            if let value = parser.values[tag] { elements.set(tag, representation, bytes: value) }
        }
        self.elements = elements
        instance = parser.values[.instance].map(HeaderText.text) ?? ""
        objectClass = parser.values[.objectClass].map(HeaderText.text) ?? ""
    }
}
