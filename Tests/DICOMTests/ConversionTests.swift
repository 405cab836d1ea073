import Foundation
import TestSupport
import Testing
import Volumes

import DICOM

/// Series through dcm2niix and back to voxels.
struct ConversionTests {
    private let scratch: Scratch
    private let environment = ProcessInfo.processInfo.environment

    init() throws { scratch = try Scratch() }

    /// Oblique, with three different sides.
    private static let grid: Grid = {
        let (c, s) = (cos(0.2), sin(0.2))
        return Grid(
            size: [20, 16, 12],
            affine: Affine(i: [-1.5 * c, -1.5 * s, 0], j: [2 * s, -2 * c, 0], k: [0, 0, 3], origin: [12, 20, -9]))
    }()

    private static let volume = SyntheticVolumes.volume(grid) { i, j, k in Float(i + 40 * j + 100 * k) }

    private func series(
        _ volume: Volume = volume, change: (Int, inout DICOMDataSet) -> Bool = { _, _ in true }
    ) throws -> DICOMSeries {
        let folder = "\(scratch.path)/dicom"
        try DICOMStudy(folder).write(DICOMStudy.Series(8, "AX T1"), volume, change: change)
        return try #require(try DICOMFolder(folder).series.first)
    }

    private func work() throws -> String {
        let folder = "\(scratch.path)/work"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    private func program(_ script: String) throws -> String {
        let path = try scratch.write(Array("#!/bin/sh\n\(script)\n".utf8), as: "program")
        chmod(path, 0o755)
        return path
    }

    /// A fake that answers as dcm2niix does and then does `rest` with the folder of results in $out.
    private func fake(_ rest: String, timeLimit: Double = 30) throws -> Dcm2niix {
        let path = try program(
            """
            [ "$1" = --version ] && { echo v1.0.20220720; exit 0; }
            while [ "$1" != -o ]; do shift; done; out=$2
            \(rest)
            """)
        return try Dcm2niix(environment: [Dcm2niix.variable: path], timeLimit: timeLimit)
    }

    @Test(arguments: ["1.2.840.10008.1.2", "1.2.840.10008.1.2.1"])
    func voxelsAndPlacesComeThrough(_ syntax: String) throws {
        let folder = "\(scratch.path)/dicom"
        var study = try DICOMStudy(folder)
        study.syntax = syntax
        try study.write(DICOMStudy.Series(8, "AX T1"), Self.volume)
        let series = try #require(try DICOMFolder(folder).series.first)
        let converter = try Dcm2niix(environment: environment)
        #expect(converter.version.hasPrefix("v1."))
        let converted = try converter.volume(of: series, scratch: work()).reorientedToRAS()
        let expected = Self.volume.reorientedToRAS()
        #expect(converted.grid.isClose(to: expected.grid, tolerance: 1e-3))
        #expect(converted.voxels == expected.voxels)
        #expect(try series.grid().isClose(to: Self.grid, tolerance: 1e-3))
    }

    @Test func halfASeriesIsRefused() throws {
        let error = #expect(throws: DICOMError.self) { try series { k, _ in k != 5 }.grid() }
        #expect(error?.code == .notOneVolume && error?.message.contains("slices are missing") == true)
    }

    @Test func severalImagesAtOnePlaceAreRefused() throws {
        let error = #expect(throws: DICOMError.self) {
            try series { k, data in
                if k == 3 { data.set(0x0020_0032, "DS", "-12\\-20\\-3") }
                return true
            }.grid()
        }
        #expect(error?.code == .notOneVolume && error?.message.contains("at one place") == true)
    }

    @Test func aProgramThatIsNotThereIsNamed() {
        let error = #expect(throws: DICOMError.self) { try Dcm2niix(environment: ["PATH": scratch.path]) }
        #expect(error?.code == .noConverter && error?.message.contains("COLLAGAN_DCM2NIIX") == true)
        #expect(throws: DICOMError.self) { try Dcm2niix(environment: [Dcm2niix.variable: scratch.file("no")]) }
    }

    @Test func anotherProgramIsRefused() throws {
        let path = try program("echo hello")
        let error = #expect(throws: DICOMError.self) { try Dcm2niix(environment: [Dcm2niix.variable: path]) }
        #expect(error?.code == .noConverter)
    }

    @Test func aFailureIsQuotedInOneLine() throws {
        let converter = try fake("echo 'Error: Unable to decode\nBye'; exit 2")
        let series = try series()
        let error = #expect(throws: DICOMError.self) { try converter.volume(of: series, scratch: work()) }
        #expect(error?.code == .conversionFailed)
        #expect(error?.message.contains("Unable to decode") == true && error?.message.contains("\n") == false)
    }

    @Test(arguments: ["", "touch $out/volume.nii $out/volume_Eq_1.nii"])
    func anythingButOneVolumeIsRefused(_ made: String) throws {
        let converter = try fake(made)
        let series = try series()
        let error = #expect(throws: DICOMError.self) { try converter.volume(of: series, scratch: work()) }
        #expect(error?.code == .conversionFailed && error?.message.contains("instead of one volume") == true)
    }

    @Test func aVolumeElsewhereIsRefused() throws {
        var moved = Self.grid
        moved.affine.origin += [0, 0.5, 0]
        let path = scratch.file("moved.nii")
        try NIfTIFile.write(Volume(grid: moved, voxels: Self.volume.voxels), to: path)
        let converter = try fake("cp '\(path)' $out/volume.nii")
        let series = try series()
        let error = #expect(throws: DICOMError.self) { try converter.volume(of: series, scratch: work()) }
        #expect(error?.code == .wrongGeometry)
    }

    /// With all it started: the pipe that a grandchild holds open is closed, or the reading would not end.
    @Test func aProgramThatHangsIsEnded() throws {
        let converter = try fake("sleep 1000 & sleep 1000", timeLimit: 0.5)
        let series = try series()
        let error = #expect(throws: DICOMError.self) { try converter.volume(of: series, scratch: work()) }
        #expect(error?.code == .conversionFailed && error?.message.contains("did not come to an end") == true)
    }
}
