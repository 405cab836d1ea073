import DICOM
import Foundation
import TestSupport
import Testing
import Volumes

/// A synthesised image as objects of a study, read back by our own reader; dicom_series.py has others read it.
struct DerivedSeriesTests {
    private let folder: URL
    private let volume = SyntheticVolumes.volume(
        SyntheticVolumes.grid([20, 16, 12], spacing: [4, 3, 5], origin: [-30, -20, -10])
    ) { i, j, k in Float(10 + i + 3 * j + 40 * k) }
    private let label = DerivedSeries.Label(contrast: "T1Gd", place: 1, inputs: ["T1", "T2"], model: "tiny")

    init() throws { folder = try Fixtures.temporaryFolder() }

    private func reference(_ syntax: String = "1.2.840.10008.1.2.1") throws -> DICOMSeries {
        var study = try DICOMStudy(folder.appending(path: "in").path)
        study.syntax = syntax
        try study.write(DICOMStudy.Series(3, "AX T1"), volume)
        return try DICOMFolder(folder.appending(path: "in").path).series[0]
    }

    @Test(arguments: ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"])
    func comesBack(_ syntax: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let reference = try reference(syntax)
        var image = volume
        image.voxels = volume.voxels.map { $0 * 1.37 }
        let derived = try DerivedSeries(image, like: reference, label)
        #expect(derived.count == 12)
        let out = folder.appending(path: "out").path
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        for index in 0..<derived.count {
            try derived.file(index).write(to: URL(filePath: "\(out)/\(index)"))
            #expect(try derived.file(index) == Data(contentsOf: URL(filePath: "\(out)/\(index)")))
        }
        let back = try DICOMFolder(out)
        #expect(back.unreadable.isEmpty && back.series.count == 1)
        let series = back.series[0]
        #expect(try series.grid().isClose(to: reference.grid()))
        #expect(series.slices.allSatisfy { $0.imageType == ["DERIVED", "SECONDARY", "OTHER"] && $0.modality == "MR" })
        #expect(series.number == 3002 && series.description == "IMPUTED T1Gd (collagan), research only")
        #expect(series.slices[0].series != reference.slices[0].series)
        // Never taken for an acquired one.
        #expect(SeriesChoice(back.series).series(for: "T1Gd") == nil)
        // Both in one folder are one study of one patient.
        try FileManager.default.moveItem(atPath: out, toPath: folder.appending(path: "in/out").path)
        #expect(try DICOMFolder(folder.appending(path: "in").path).series.count == 2)
        // Sixteen bits from 0 to the largest value.
        let last = derived.file(11)
        let stored = last.suffix(2 * 20 * 16).withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
        #expect(stored.max().map { $0 > 65_000 } == true)
        let slice = image.voxels.suffix(20 * 16)
        let slope = Double(image.voxels.max()!) / 65_534
        #expect(zip(stored, slice).allSatisfy { abs(Double($0) * slope - Double($1)) <= 0.51 * slope })
    }

    @Test func anImageElsewhereIsRefused() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let reference = try reference()
        var image = volume
        image.grid.affine.origin.x += 1
        let error = #expect(throws: DICOMError.self) { try DerivedSeries(image, like: reference, label) }
        #expect(error?.code == .wrongGeometry)
    }

    /// One slice lies a little aside, as scanners round: it is taken where the converter's grid has it.
    @Test func aSliceAside() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        func study(_ name: String, _ way: Double) throws -> DICOMSeries {
            let path = folder.appending(path: name).path
            try DICOMStudy(path).write(DICOMStudy.Series(3, "AX T1"), volume) { slice, data in
                let x = 30 + (slice == 5 ? way : 0)
                data.set(0x0020_0032, "DS", "\(x)\\20\\\(-10 + 5 * slice)")
                return true
            }
            return try DICOMFolder(path).series[0]
        }
        let straight = try DerivedSeries(volume, like: study("straight", 0), label)
        let aside = try DerivedSeries(volume, like: study("aside", 0.2), label)
        #expect(aside.file(5).suffix(640) == straight.file(5).suffix(640))
        let error = #expect(throws: DICOMError.self) { try study("apart", 1).grid() }
        #expect(error?.code == .notOneVolume && error?.message.contains("evenly in a straight line") == true)
    }

    @Test func aSliceThatChangedIsRefused() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let reference = try reference()
        let slices = reference.slices.map { URL(filePath: $0.path) }
        let other = try Data(contentsOf: slices[1])
        try other.write(to: slices[0])
        let error = #expect(throws: DICOMError.self) { try DerivedSeries(volume, like: reference, label) }
        #expect(error?.code == .unreadable && error?.message.contains(slices[0].lastPathComponent) == true)
    }

    @Test func anImageOfNothingIsWritten() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let nothing = Volume(grid: volume.grid, voxels: [Float](repeating: 0, count: volume.voxels.count))
        let derived = try DerivedSeries(nothing, like: reference(), label)
        #expect(derived.file(0).suffix(640) == Data(repeating: 0, count: 640))
    }
}
