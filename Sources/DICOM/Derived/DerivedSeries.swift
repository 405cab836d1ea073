import Files
import Foundation
import Volumes

/// A synthesised image as a series of the study that it was made from: derived, secondary, marked as synthetic, one object for
/// every slice of a series of that study, at its place.
///
/// MR Image Storage (PS3.3, A.4). What marks it: `ImageType` DERIVED\SECONDARY, `SeriesDescription`, `DerivationDescription`,
/// `SourceImageSequence`, and `ContentQualification` RESEARCH of the enhanced objects, as a standard extension.
package struct DerivedSeries: Sendable {
    /// What is said of the image.
    package struct Label: Sendable {
        let contrast: String
        let number: Int
        let derivation: String

        /// - Parameters:
        ///   - contrast: what was imputed.
        ///   - place: of the contrast in the model's order, so that series have numbers of their own.
        ///   - inputs: what it was made from.
        ///   - model: name and hash.
        package init(contrast: String, place: Int, inputs: [String], model: String) {
            (self.contrast, number) = (contrast, place)
            derivation =
                "Synthetic image, not acquired: \(contrast) imputed from \(inputs.joined(separator: ", ")) by \(Software.name)"
                + " \(Software.version), model \(model). For research only."
        }
    }

    private static let mrImage = "1.2.840.10008.5.1.4.1.1.4"
    private let label: Label
    private let volume: Volume
    private let slices: [SliceHeader]
    private let headers: [CopiedHeader]
    /// Column, row and slice of a pixel to its place, and from there to the voxel.
    private let toWorld: Affine
    private let toVoxel: Affine
    /// As text, and as the number that this text is.
    private let slope: (text: String, value: Double)
    private let window: Float
    private let instance: String
    private let seriesNumber: Int

    /// How many objects there are.
    package var count: Int { slices.count }

    /// - Parameters:
    ///   - volume: ≥ 0, on the grid that dcm2niix makes of the reference.
    ///   - reference: the series on whose slices it lies.
    /// - Throws: `DICOMError.Code.wrongGeometry` where it lies elsewhere; `.unreadable`, `.malformed`.
    package init(_ volume: Volume, like reference: DICOMSeries, _ label: Label) throws(DICOMError) {
        (self.label, self.volume) = (label, volume)
        let grid = try reference.grid()
        guard let toVoxel = volume.grid.affine.inverse(),
            grid.reorientedToRAS().isClose(to: volume.grid.reorientedToRAS(), tolerance: Dcm2niix.tolerance)
        else {
            throw DICOMError(
                .wrongGeometry, path: reference.name,
                "the imputed image does not lie on its slices; run without --dicom")
        }
        (toWorld, self.toVoxel) = (grid.affine, toVoxel)
        slices = reference.ascending
        var headers: [CopiedHeader] = []
        for slice in slices { headers.append(try CopiedHeader(of: slice)) }
        self.headers = headers
        let largest = Double(volume.voxels.max() ?? 0)
        // Sixteen characters are all that a decimal string may have.
        let text = String(format: "%.9e", largest > 0 ? largest / 65_534 : 1)
        slope = (text, Double(text) ?? 1)
        window = Percentiles(volume.voxels.filter { $0 > 0 })[99.5].map { Float($0) } ?? 1
        seriesNumber = 1000 * min(max(reference.number ?? 0, 0), 1_000_000) + 1 + label.number
        let voxels = volume.voxels.withUnsafeBytes { FileHash.sha256(of: Data($0)) }
        // Other content, other identifiers: what is copied counts, too.
        let copied = FileHash.sha256(of: Data(headers.flatMap { $0.elements.encoded() }))
        instance = UniqueIdentifier.of([
            reference.first.study, reference.first.series, label.derivation, voxels, copied,
        ])
    }

    /// One object as a whole file.
    /// - Parameter index: of the slice, 0 ..< `count`, along the normal of the reference's slices.
    package func file(_ index: Int) -> Data {
        let (slice, header) = (slices[index], headers[index])
        let own = UniqueIdentifier.of([instance, header.instance, "\(index)"])
        var data = header.elements
        data.set(.imageType, "CS", "DERIVED\\SECONDARY\\OTHER")
        data.set(.objectClass, "UI", Self.mrImage)
        data.set(.instance, "UI", own)
        data.set(.modality, "CS", "MR")
        data.set(Tag(0x0008, 0x0070), "LO", Software.name)
        data.set(.seriesDescription, "LO", "IMPUTED \(label.contrast) (\(Software.name)), research only")
        data.set(Tag(0x0008, 0x1090), "LO", Software.name)
        data.set(Tag(0x0008, 0x2111), "ST", label.derivation)
        if !header.instance.isEmpty, !header.objectClass.isEmpty {
            var source = DataSet()
            source.set(Tag(0x0008, 0x1150), "UI", header.objectClass)
            source.set(Tag(0x0008, 0x1155), "UI", header.instance)
            data.set(Tag(0x0008, 0x2112), items: [source])
        }
        // "Research mode": there was no acquisition.
        data.set(.scanningSequence, "CS", "RM")
        data.set(.sequenceVariant, "CS", "NONE")
        data.set(Tag(0x0018, 0x0022), "CS", "")
        for tag in [.repetitionTime, .echoTime] as [Tag] { data.set(tag, "DS", "") }
        data.set(Tag(0x0018, 0x0091), "IS", "")
        data.set(Tag(0x0018, 0x1020), "LO", "\(Software.name) \(Software.version)")
        data.set(.contentQualification, "CS", "RESEARCH")
        data.set(.series, "UI", instance)
        data.set(.seriesNumber, "IS", "\(seriesNumber)")
        if !data.has(.instanceNumber) { data.set(.instanceNumber, "IS", "\(index + 1)") }
        if !data.has(.frameOfReference) {
            data.set(.frameOfReference, "UI", UniqueIdentifier.of([slice.study, slice.series, "frame of reference"]))
        }
        data.set(Tag(0x0028, 0x0002), 1)
        data.set(Tag(0x0028, 0x0004), "CS", "MONOCHROME2")
        data.set(.rows, UInt16(slice.rows))
        data.set(.columns, UInt16(slice.columns))
        data.set(Tag(0x0028, 0x0100), 16)
        data.set(Tag(0x0028, 0x0101), 16)
        data.set(Tag(0x0028, 0x0102), 15)
        data.set(Tag(0x0028, 0x0103), 0)
        data.set(Tag(0x0028, 0x0301), "CS", "NO")
        data.set(Tag(0x0028, 0x1050), "DS", String(format: "%.6g", Double(window) / 2))
        data.set(Tag(0x0028, 0x1051), "DS", String(format: "%.6g", Double(max(window, 1))))
        data.set(Tag(0x0028, 0x1052), "DS", "0")
        data.set(Tag(0x0028, 0x1053), "DS", slope.text)
        data.set(Tag(0x0028, 0x1054), "LO", "US")
        data.set(Tag(0x0028, 0x2110), "CS", "00")
        data.set(.pixelData, "OW", bytes: pixels(ofSlice: index))
        return Data(data.file(objectClass: Self.mrImage, instance: own))
    }

    private func pixels(ofSlice index: Int) -> [UInt8] {
        let (size, slice) = (volume.grid.size, slices[index])
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * slice.rows * slice.columns)
        for row in 0..<slice.rows {
            for column in 0..<slice.columns {
                let pixel = SIMD3(Double(column), Double(row), Double(index))
                let place = toVoxel.world(toWorld.world(pixel)).rounded(.toNearestOrEven)
                let voxel = SIMD3<Int>(place.clamped(lowerBound: .zero, upperBound: SIMD3<Double>(size &- 1)))
                let value = Double(volume.voxels[voxel.x + size.x * (voxel.y + size.y * voxel.z)]) / slope.value
                let stored = UInt16(min(max(value.isFinite ? value.rounded() : 0, 0), 65_535))
                bytes += [UInt8(stored & 0xFF), UInt8(stored >> 8)]
            }
        }
        return bytes
    }
}
