import Foundation
import Volumes

/// Writes series of MR slices as a scanner would, one file a slice.
package struct DICOMStudy {
    /// What a series is.
    package struct Series {
        package var number: Int
        package var description: String
        /// Such as SE, IR, GR, EP.
        package var sequence = "SE"
        package var variant = "SK"
        /// ms; 0 leaves the element out.
        package var repetition = 550.0
        package var echo = 12.0
        package var inversion = 0.0
        package var flip = 90.0
        package var agent = ""
        package var type = "ORIGINAL\\PRIMARY\\M\\ND"
        package var time = "100000"
        package var modality = "MR"

        package init(_ number: Int, _ description: String) { (self.number, self.description) = (number, description) }
    }

    private let folder: String
    package var patient = "T001"
    package var study = "1.2.826.0.1.3680043.9.1"
    package var syntax = "1.2.840.10008.1.2.1"

    package init(_ folder: String) throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// - Parameters:
    ///   - volume: columns along i, rows along j, slices along k; values 0 … 4095.
    ///   - change: of every slice's data set, by slice; false leaves the slice out.
    /// - Returns: the files' paths.
    @discardableResult
    package func write(
        _ series: Series, _ volume: Volume, change: (Int, inout DICOMDataSet) -> Bool = { _, _ in true }
    ) throws -> [String] {
        let (grid, affine) = (volume.grid, volume.grid.affine)
        let side = grid.spacing
        func lps(_ place: SIMD3<Double>) -> SIMD3<Double> { place * SIMD3(-1, -1, 1) }
        func text(_ numbers: [Double]) -> String { numbers.map { String(format: "%.8g", $0) }.joined(separator: "\\") }
        let (row, column) = (lps(affine.i) / side.x, lps(affine.j) / side.y)
        return try (0..<grid.size.z).compactMap { k in
            var data = DICOMDataSet()
            data.set(0x0008_0008, "CS", series.type)
            data.set(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.4")
            data.set(0x0008_0018, "UI", "\(study).\(series.number).\(k + 1)")
            data.set(0x0008_0020, "DA", "20200102")
            data.set(0x0008_0031, "TM", series.time)
            data.set(0x0008_0032, "TM", series.time)
            data.set(0x0008_0060, "CS", series.modality)
            data.set(0x0008_0070, "LO", "GE MEDICAL SYSTEMS")
            if !series.description.isEmpty { data.set(0x0008_103E, "LO", series.description) }
            data.set(0x0010_0010, "PN", "TEST^\(patient)")
            data.set(0x0010_0020, "LO", patient)
            if !series.agent.isEmpty { data.set(0x0018_0010, "LO", series.agent) }
            data.set(0x0018_0020, "CS", series.sequence)
            data.set(0x0018_0021, "CS", series.variant)
            data.set(0x0018_0023, "CS", "2D")
            data.set(0x0018_0050, "DS", text([side.z]))
            if series.repetition > 0 { data.set(0x0018_0080, "DS", text([series.repetition])) }
            if series.echo > 0 { data.set(0x0018_0081, "DS", text([series.echo])) }
            if series.inversion > 0 { data.set(0x0018_0082, "DS", text([series.inversion])) }
            data.set(0x0018_0088, "DS", text([side.z]))
            data.set(0x0018_1314, "DS", text([series.flip]))
            data.set(0x0018_5100, "CS", "HFS")
            data.set(0x0020_000D, "UI", study)
            data.set(0x0020_000E, "UI", "\(study).\(series.number)")
            data.set(0x0020_0011, "IS", "\(series.number)")
            data.set(0x0020_0012, "IS", "1")
            data.set(0x0020_0013, "IS", "\(k + 1)")
            let place = lps(affine.world([0, 0, Double(k)]))
            data.set(0x0020_0032, "DS", text([place.x, place.y, place.z]))
            data.set(0x0020_0037, "DS", text([row.x, row.y, row.z, column.x, column.y, column.z]))
            data.set(0x0020_0052, "UI", "\(study).99")
            data.set(0x0028_0002, 1)
            data.set(0x0028_0004, "CS", "MONOCHROME2")
            data.set(0x0028_0010, UInt16(grid.size.y))
            data.set(0x0028_0011, UInt16(grid.size.x))
            data.set(0x0028_0030, "DS", text([side.y, side.x]))
            data.set(0x0028_0100, 16)
            data.set(0x0028_0101, 12)
            data.set(0x0028_0102, 11)
            data.set(0x0028_0103, 0)
            let slice = grid.size.x * grid.size.y
            data.set(
                0x7FE0_0010, "OW",
                volume.voxels[k * slice..<(k + 1) * slice].flatMap { DICOMDataSet.bytes(UInt16($0)) })
            guard change(k, &data) else { return nil }
            // Names tell nothing, as those of an export do.
            let path = "\(folder)/IM\(series.number * 7919 % 1000)\(k * 31 % 997)"
            try Data(data.file(syntax: syntax)).write(to: URL(filePath: path))
            return path
        }
    }
}
