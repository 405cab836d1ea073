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
    /// In voxels: how far a pixel may be from the voxel whose value it takes.
    private static let tolerance = 0.05

    private let label: Label
    private let volume: Volume
    private let slices: [SliceHeader]
    private let headers: [CopiedHeader]
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
        guard let toVoxel = volume.grid.affine.inverse(), let normal = reference.first.orientation.map(Self.normal)
        else {
            throw DICOMError(.wrongGeometry, path: reference.name, "does not say how it lies")
        }
        self.toVoxel = toVoxel
        slices = reference.slices.sorted {
            (($0.position ?? .zero) * normal).sum() < (($1.position ?? .zero) * normal).sum()
        }
        var headers: [CopiedHeader] = []
        for slice in slices { headers.append(try CopiedHeader(slice.path)) }
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
    /// - Throws: `DICOMError.Code.wrongGeometry` where the volume has no voxels at the slice's pixels.
    package func file(_ index: Int) throws(DICOMError) -> Data {
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
        for tag in [Tag(0x0018, 0x0022)] { data.set(tag, "CS", "") }
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
        data.set(.pixelData, "OW", bytes: try pixels(of: slice))
        return Data(data.file(objectClass: Self.mrImage, instance: own))
    }

    private func pixels(of slice: SliceHeader) throws(DICOMError) -> [UInt8] {
        let (size, toRAS) = (volume.grid.size, SIMD3<Double>(-1, -1, 1))
        guard let position = slice.position, let orientation = slice.orientation, let spacing = slice.pixelSpacing
        else {
            throw elsewhere()
        }
        let start = toVoxel.world(position * toRAS)
        let column = toVoxel.world((position + orientation.row * spacing.y) * toRAS) - start
        let row = toVoxel.world((position + orientation.column * spacing.x) * toRAS) - start
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * slice.rows * slice.columns)
        for r in 0..<slice.rows {
            for c in 0..<slice.columns {
                let place = start + row * Double(r) + column * Double(c)
                let voxel = place.rounded(.toNearestOrEven)
                let (i, j, k) = (Int(voxel.x), Int(voxel.y), Int(voxel.z))
                let way = place - voxel
                guard (way * way).sum() < Self.tolerance * Self.tolerance, i >= 0, j >= 0, k >= 0, i < size.x,
                    j < size.y,
                    k < size.z
                else { throw elsewhere() }
                let value = Double(volume.voxels[i + size.x * (j + size.y * k)]) / slope.value
                let stored = UInt16(min(max(value.isFinite ? value.rounded() : 0, 0), 65_535))
                bytes += [UInt8(stored & 0xFF), UInt8(stored >> 8)]
            }
        }
        return bytes
    }

    private func elsewhere() -> DICOMError {
        DICOMError(
            .wrongGeometry, path: "series", "the imputed image does not lie on its slices; run without --dicom")
    }

    private static func normal(_ axes: (row: SIMD3<Double>, column: SIMD3<Double>)) -> SIMD3<Double> {
        let (a, b) = axes
        return SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
    }
}
