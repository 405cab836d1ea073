import Foundation
import TestSupport
import Testing
import Volumes

/// What the voxels of a real patient say of its files: told in every place, and acted on.
struct InputFindingTests {
    private static let root = URL(filePath: Fixtures.path("")).deletingLastPathComponent().deletingLastPathComponent()
    private static let sample = root.appending(path: "SampleData/complete/patient26")

    /// Links to the sample patient's images.
    private func link(_ names: [String], to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in names {
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "\(name).nii.gz"),
                withDestinationURL: Self.sample.appending(path: "\(name).nii.gz"))
        }
    }

    private func read(_ name: String) throws -> NIfTIImage {
        try NIfTIFile.read(Self.sample.appending(path: "\(name).nii.gz").path)
    }

    /// A lesion's mask under the brain mask's name is left out, and the patient prepared as without it.
    @Test func aMaskThatIsNoBrainMaskIsNotUsed() throws {
        let work = try Workplace()
        for name in ["plain", "masked"] {
            try link(["T1", "T1POST", "T2"], to: work.root.appending(path: "\(name)/p"))
        }
        try FileManager.default.copyItem(
            at: Self.sample.appending(path: "GOLD_STANDARD.nii.gz"),
            to: work.root.appending(path: "masked/p/brainmask.nii.gz"))
        for name in ["plain", "masked"] {
            let run = try CLI(["preprocess", work.path(name), "--out", work.path("out-\(name)"), "--model", work.model])
            #expect(run.status == 0)
            #expect(run.errors.contains("doubtful-mask: the brain mask (brainmask.nii.gz) holds") == (name == "masked"))
        }
        for file in work.files("out-plain/p") where file.hasSuffix(".nii.gz") {
            #expect(try work.data("out-plain/p/\(file)") == work.data("out-masked/p/\(file)"), "\(file)")
        }
    }

    /// A T2 of a part of the brain: the imputed FLAIR is there what it is without the T2.
    @Test func whereAContrastHasNoDataItIsMissing() throws {
        let work = try Workplace()
        for name in ["part", "none"] { try link(["T1", "T1POST"], to: work.root.appending(path: "in/\(name)")) }
        let image = try read("T2")
        let size = image.volume.grid.size
        let isCut = image.volume.voxels.indices.map { $0 / (size.x * size.y) < size.z / 3 }
        let part = Volume(
            grid: image.volume.grid, voxels: zip(image.volume.voxels, isCut).map { $1 ? 0 : $0 })
        try NIfTIFile.write(part, like: image.header, to: work.path("in/part/T2.nii.gz"))
        let run = try CLI(
            ["impute", work.path("in"), "--targets", "FLAIR", "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 0, "\(run.errors)")
        let says = "partial-coverage: T2 (T2.nii.gz) covers "
        #expect(run.errors.contains("warning: part: \(says)"))
        for page in [
            "out/part/report.html", "out/report.html", "out/metrics.csv", "out/run.json", "out/part/metrics.json",
        ] {
            #expect(String(decoding: try work.data(page), as: UTF8.self).contains("covers "), "\(page)")
        }
        let sidecar = try work.json("out/part/part_FLAIR_imputed.json")["warnings"] as? [String] ?? []
        #expect(sidecar.contains { $0.hasPrefix(says) })
        let (partly, without) = (
            try NIfTIFile.read(work.path("out/part/part_FLAIR_imputed.nii.gz")).volume.voxels,
            try NIfTIFile.read(work.path("out/none/none_FLAIR_imputed.nii.gz")).volume.voxels
        )
        // Whole slices are cut, so that the other brain voxels' crop is the same; the file's rounding is not.
        let pairs = zip(zip(partly, without), isCut).filter { $1 && ($0.0 > 0 || $0.1 > 0) }.map(\.0)
        let largest = without.max() ?? 1
        #expect(pairs.count > 10_000)
        #expect(pairs.allSatisfy { abs($0.0 - $0.1) <= 1e-3 * largest })
        #expect(zip(zip(partly, without), isCut).contains { !$1 && abs($0.0 - $0.1) > 0.01 * largest })
    }

    /// T2 under FLAIR's name, beside T1 and T1Gd.
    @Test func anImageThatLooksLikeAnotherContrastIsNamed() throws {
        let work = try Workplace()
        try link(["T1", "T1POST"], to: work.root.appending(path: "in/p"))
        try FileManager.default.copyItem(
            at: Self.sample.appending(path: "T2.nii.gz"), to: work.root.appending(path: "in/p/FLAIR.nii.gz"))
        let run = try CLI(["preprocess", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.errors.contains("warning: p: unlike-its-name: FLAIR (FLAIR.nii.gz) looks like T2"), "\(run.errors)")
    }

    /// `inspect` of one patient tells them, too.
    @Test func inspectTellsWhatTheVoxelsSay() throws {
        let work = try Workplace()
        try link(["T1", "T1POST", "T2", "FLAIR"], to: work.root.appending(path: "p"))
        #expect(try !CLI(["inspect", work.path("p")]).output.contains("warning: "))
        try FileManager.default.removeItem(atPath: work.path("p/FLAIR.nii.gz"))
        let image = try read("FLAIR")
        let size = image.volume.grid.size
        let mirrored = SyntheticVolumes.volume(image.volume.grid) { i, j, k in image.volume[size.x - 1 - i, j, k] }
        try NIfTIFile.write(mirrored, like: image.header, to: work.path("p/FLAIR.nii.gz"))
        #expect(try CLI(["inspect", work.path("p")]).output.contains("FLAIR (FLAIR.nii.gz) seems to be mirrored"))
    }
}
