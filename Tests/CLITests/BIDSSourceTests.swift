import Foundation
import Testing
import Volumes

/// Where BIDS derivatives say they come from.
struct BIDSSourceTests {
    @Test(arguments: ["raw", "raw/sub-01"])
    func sourcesLieBelowTheDataset(_ input: String) throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "raw/sub-01/anat")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for contrast in ["T1w", "T2w"] {
            try NIfTIFile.write(
                Phantom.volume(contrast), to: folder.appending(path: "sub-01_\(contrast).nii.gz").path)
        }
        let run = try CLI([
            "impute", work.path(input), "--out", work.path("out"), "--model", work.model, "--targets", "FLAIR",
        ])
        #expect(run.status == 0, "\(run.errors)")
        let sidecar = try work.json("out/sub-01/anat/sub-01_desc-imputed_FLAIR.json")
        let sources = try #require(sidecar["Sources"] as? [String])
        #expect(sources == ["T1w", "T2w"].map { "bids:raw:sub-01/anat/sub-01_\($0).nii.gz" })
        for source in sources { #expect(work.exists("raw/\(source.dropFirst("bids:raw:".count))")) }
        let links = try work.json("out/dataset_description.json")["DatasetLinks"] as? [String: String]
        #expect(links == ["raw": "../raw"])
    }

    @Test func theLinkIsAURI() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "my data: 1/sub-01/ses-1/anat")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try NIfTIFile.write(Phantom.volume("T1w"), to: folder.appending(path: "sub-01_ses-1_T1w.nii.gz").path)
        let arguments = [work.path("my data: 1"), "--model", work.model, "--out"]
        #expect(try CLI(["preprocess"] + arguments + [work.path("my data: 1/derivatives/seen")]).status == 0)
        let description = try work.json("my data: 1/derivatives/seen/dataset_description.json")
        #expect(description["DatasetLinks"] as? [String: String] == ["raw": "../.."])
        #expect(try CLI(["preprocess"] + arguments + [work.path("out")]).status == 0)
        let link = try #require(
            (try work.json("out/dataset_description.json")["DatasetLinks"] as? [String: String])?["raw"])
        let resolved = try #require(URL(string: link, relativeTo: URL(filePath: work.path("out") + "/")))
        #expect(resolved.standardizedFileURL.path == work.path("my data: 1"))
    }
}
