/// A data element's number (DICOM PS3.6).
struct Tag: Hashable, Sendable, Comparable {
    let group: UInt16
    let element: UInt16

    init(_ group: UInt16, _ element: UInt16) { (self.group, self.element) = (group, element) }

    static func < (a: Tag, b: Tag) -> Bool { (a.group, a.element) < (b.group, b.element) }

    static let transferSyntax = Tag(0x0002, 0x0010)
    static let imageType = Tag(0x0008, 0x0008)
    static let objectClass = Tag(0x0008, 0x0016)
    static let instance = Tag(0x0008, 0x0018)
    static let acquisitionTime = Tag(0x0008, 0x0032)
    static let seriesTime = Tag(0x0008, 0x0031)
    static let modality = Tag(0x0008, 0x0060)
    static let seriesDescription = Tag(0x0008, 0x103E)
    static let patientName = Tag(0x0010, 0x0010)
    static let patientID = Tag(0x0010, 0x0020)
    static let contrastAgent = Tag(0x0018, 0x0010)
    static let scanningSequence = Tag(0x0018, 0x0020)
    static let sequenceVariant = Tag(0x0018, 0x0021)
    static let repetitionTime = Tag(0x0018, 0x0080)
    static let echoTime = Tag(0x0018, 0x0081)
    static let inversionTime = Tag(0x0018, 0x0082)
    static let protocolName = Tag(0x0018, 0x1030)
    static let contrastVolume = Tag(0x0018, 0x1041)
    static let flipAngle = Tag(0x0018, 0x1314)
    static let contentQualification = Tag(0x0018, 0x9004)
    static let study = Tag(0x0020, 0x000D)
    static let series = Tag(0x0020, 0x000E)
    static let seriesNumber = Tag(0x0020, 0x0011)
    static let instanceNumber = Tag(0x0020, 0x0013)
    static let position = Tag(0x0020, 0x0032)
    static let orientation = Tag(0x0020, 0x0037)
    static let frameOfReference = Tag(0x0020, 0x0052)
    static let frames = Tag(0x0028, 0x0008)
    static let rows = Tag(0x0028, 0x0010)
    static let columns = Tag(0x0028, 0x0011)
    static let pixelSpacing = Tag(0x0028, 0x0030)
    static let pixelData = Tag(0x7FE0, 0x0010)

    static let item = Tag(0xFFFE, 0xE000)
    static let itemEnd = Tag(0xFFFE, 0xE00D)
    static let sequenceEnd = Tag(0xFFFE, 0xE0DD)

    /// What is kept of a header that tells what a series is.
    static let wanted: Set<Tag> = [
        imageType, objectClass, acquisitionTime, seriesTime, modality, seriesDescription, patientName, patientID,
        contrastAgent, scanningSequence, sequenceVariant, repetitionTime, echoTime, inversionTime, protocolName,
        contrastVolume, flipAngle, study, series, seriesNumber, position, orientation, frames, rows, columns,
        pixelSpacing,
    ]
}
