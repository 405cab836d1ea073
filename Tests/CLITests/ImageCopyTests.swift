import Foundation
import TestSupport
import Testing
import Volumes

/// What `impute` writes of an image besides it: on another contrast's grid, as DICOM.
struct ImageCopyTests {
    private let work: Workplace

    init() throws { work = try Workplace() }

    private func writeHead() throws {
        let folder = work.path("in/p1")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (contrast, volume) in PrepareTests.scans {
            try NIfTIFile.write(volume, to: "\(folder)/\(contrast).nii.gz")
        }
        try NIfTIFile.write(HeadPhantom.brain(HeadPhantom.axial), to: "\(folder)/brainmask.nii.gz")
    }

    private func impute(_ input: String, to out: String, _ more: String...) throws -> CLI {
        try CLI(
            ["impute", work.path(input), "--out", work.path(out), "--model", work.model, "--targets", "T2"] + more)
    }

    @Test func onAnotherContrastsOwnGrid() throws {
        try writeHead()
        let run = try impute("in", to: "out", "--prepare", "--reference", "T1", "--space", "flair")
        #expect(run.status == 0, "\(run.errors)")
        let image = try NIfTIFile.read(work.path("out/p1/p1_T2_imputed.nii.gz")).volume
        let copy = try NIfTIFile.read(work.path("out/p1/p1_T2_imputed_space-FLAIR.nii.gz"))
        let moved = copy.volume
        #expect(copy.header.description.hasPrefix("synthetic T2"), "\(copy.header.description)")
        #expect(image.grid.isClose(to: HeadPhantom.axial))
        #expect(moved.grid.isClose(to: HeadPhantom.sagittal))
        // Where it lies: dicom_series.py.
        #expect(moved.voxels.contains { $0 > 0 })
        let copies = try #require(try work.json("out/p1/p1_T2_imputed.json")["copies"] as? [[String: Any]])
        #expect(copies.map { $0["file"] as? String } == ["p1/p1_T2_imputed_space-FLAIR.nii.gz"])

        // The prepared folder alone does, and so does what is there already.
        let apart = try impute("out/prepared", to: "apart", "--space", "FLAIR")
        #expect(apart.status == 0, "\(apart.errors)")
        let file = "p1/p1_T2_imputed_space-FLAIR.nii.gz"
        #expect(try work.data("apart/\(file)") == work.data("out/\(file)"))
        #expect(try impute("out/prepared", to: "apart", "--space", "FLAIR").errors.contains("p1: skipped"))
        // On the reference's own grid it lies as it is; what was made before goes.
        #expect(try impute("out/prepared", to: "apart", "--space", "T1").status == 0)
        #expect(!work.exists("apart/\(file)") && work.exists("apart/p1/p1_T2_imputed.nii.gz"))
    }

    @Test func whereThereIsNoSuchSpace() throws {
        try Phantom.write(["T1", "T1Gd"], to: work.root.appending(path: "in/p1"))
        let plain = try impute("in", to: "out", "--space", "T1")
        #expect(plain.status == 1)
        #expect(plain.errorLines.count == 1 && plain.errors.contains("was not prepared"), "\(plain.errors)")
        let lacking = try impute("in", to: "out", "--prepare", "--space", "FLAIR")
        #expect(lacking.status == 1)
        #expect(lacking.errorLines.count == 1 && lacking.errors.contains("has no FLAIR, only"), "\(lacking.errors)")
        let unknown = try impute("in", to: "out", "--space", "T9")
        #expect(unknown.status == 2 && unknown.errors.contains("there is no contrast T9"), "\(unknown.errors)")
        try Data("{}".utf8).write(to: URL(filePath: work.path("out/prepared/p1/transforms/T1Gd_to_T1.json")))
        let damaged = try impute("out/prepared", to: "damaged", "--space", "T1Gd")
        #expect(damaged.status == 1)
        #expect(damaged.errorLines.count == 1 && damaged.errors.contains("is no transform"), "\(damaged.errors)")
    }

    @Test func asASeriesOfTheStudy() throws {
        let study = try DICOMStudy(work.path("in/p1"))
        func whole(_ volume: Volume) -> Volume {
            Volume(grid: volume.grid, voxels: volume.voxels.map { $0.rounded() })
        }
        try study.write(DICOMStudy.Series(2, "AX T1"), whole(PrepareTests.scans[0].volume))
        var flair = DICOMStudy.Series(4, "SAG FLAIR")
        (flair.repetition, flair.echo, flair.inversion, flair.sequence) = (9000, 120, 2500, "IR")
        try study.write(flair, whole(PrepareTests.scans[1].volume))
        let run = try impute("in", to: "out", "--prepare", "--reference", "T1", "--dicom")
        #expect(run.status == 0, "\(run.errors)")
        let files = work.files("out/p1/dicom")
        #expect(files.count == 40 && files.first == "T2/0001.dcm" && files.last == "T2/0040.dcm", "\(files)")
        for (file, words) in [
            (files[0], ["DERIVED\\SECONDARY", "IMPUTED T2 (collagan)", "RESEARCH", "Synthetic image", "TEST^T001"])
        ] {
            let text = String(decoding: try work.data("out/p1/dicom/\(file)"), as: UTF8.self)
            for word in words { #expect(text.contains(word), "\(file): \(word)") }
        }
        #expect(try impute("in", to: "out", "--prepare", "--reference", "T1", "--dicom").errors.contains("p1: skipped"))
        let other = try impute("in", to: "out", "--prepare", "--reference", "T1")
        #expect(other.status == 0)
        #expect(work.files("out/p1/dicom").isEmpty)

        #expect(try impute("in", to: "out", "--dicom").status == 64)
        try writeNIfTI()
        let mixed = try impute("more", to: "mixed", "--prepare", "--dicom")
        #expect(mixed.status == 1)
        #expect(mixed.errorLines.count == 1 && mixed.errors.contains("are no DICOM files"), "\(mixed.errors)")
    }

    private func writeNIfTI() throws {
        try Phantom.write(["T1", "FLAIR"], to: work.root.appending(path: "more/p2"))
    }
}
