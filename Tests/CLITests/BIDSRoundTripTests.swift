import Foundation
import Testing
import Volumes

/// A BIDS dataset, imputed into its own `derivatives/`.
struct BIDSRoundTripTests {
    private static let output = "ds/derivatives/collagan"

    private func dataset() throws -> Workplace {
        let work = try Workplace()
        let anat = { (folder: String) in work.root.appending(path: "ds/\(folder)/anat") }
        let first = ["T1w", "ce-gadolinium_T1w", "T2w"].map { "sub-01_ses-1_\($0)" }
        try Phantom.write(first, to: anat("sub-01/ses-1"))
        try Phantom.write(["sub-01_ses-2_T1w", "sub-01_ses-2_FLAIR"], to: anat("sub-01/ses-2"), seed: 2)
        try Phantom.write(["sub-02_T1w", "sub-02_run-1_T2w", "sub-02_run-2_T2w"], to: anat("sub-02"), seed: 3)
        let mask = Phantom.volume("T1w")
        try FileManager.default.createDirectory(
            at: anat("derivatives/strip/sub-01/ses-1"), withIntermediateDirectories: true)
        try NIfTIFile.write(
            Volume(grid: mask.grid, voxels: mask.voxels.map { $0 > 0 ? 1 : 0 }),
            to: anat("derivatives/strip/sub-01/ses-1").path + "/sub-01_ses-1_desc-brain_mask.nii.gz")
        for (file, text) in [
            ("dataset_description.json", #"{"Name": "Study", "BIDSVersion": "1.8.0", "DatasetDOI": "doi:10.1/x"}"#),
            ("participants.tsv", "participant_id\nsub-01\nsub-02\n"), (".bidsignore", "*_ct.nii.gz\n"),
            ("sourcedata/notes.txt", "x"),
        ] {
            let url = work.root.appending(path: "ds/\(file)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        return work
    }

    private func command(_ name: String, _ work: Workplace, _ more: [String] = []) -> [String] {
        [name, work.path("ds"), "--model", work.model, "--out", work.path(Self.output)] + more
    }

    private func inputs(_ work: Workplace) throws -> [String: Data] {
        let files = work.files("ds").filter { !$0.hasPrefix("derivatives/collagan") }
        return Dictionary(uniqueKeysWithValues: try files.map { ($0, try work.data("ds/\($0)")) })
    }

    @Test func derivativesAreNamedDescribedAndNeverReadBack() throws {
        let work = try dataset()
        let before = try inputs(work)
        let run = try CLI(command("impute", work))
        #expect(run.status == 1)
        #expect(run.errorLines.count == 1 && run.errorLines[0].contains("sub-02_run-2_T2w"), "\(run.errors)")
        let statuses = ["sub-01_ses-1": "done", "sub-01_ses-2": "done", "sub-02": "failed"]
        #expect(try work.statuses(Self.output) == statuses)
        #expect(try inputs(work) == before)

        let files = work.files(Self.output)
        for name in [
            "sub-01/ses-1/anat/sub-01_ses-1_desc-imputed_FLAIR.nii.gz",
            "sub-01/ses-2/anat/sub-01_ses-2_ce-gadolinium_desc-imputed_T1w.nii.gz",
            "sub-01/ses-2/anat/sub-01_ses-2_desc-imputed_T2w.json",
        ] {
            #expect(files.contains(name), "\(files)")
        }
        let known = try NSRegularExpression(
            pattern:
                #"^(sub-\w+)/(?:(ses-\w+)/)?anat/\1_(?:\2_)?(?:ce-[a-z]+_)?desc-[a-z]+_(T1w|T2w|FLAIR)\.(nii\.gz|json)$"#
        )
        let ignored = String(decoding: try work.data("\(Self.output)/.bidsignore"), as: UTF8.self)
            .split(separator: "\n").map(String.init)
        for file in files where file != "dataset_description.json" && file != ".bidsignore" {
            let isKnown = known.firstMatch(in: file, range: NSRange(file.startIndex..., in: file)) != nil
            let isIgnored = ignored.contains { glob in
                let name = FileManager.default.displayName(atPath: file)
                return fnmatch(glob.hasPrefix("**/") ? String(glob.dropFirst(3)) : glob, name, 0) == 0
            }
            #expect(isKnown || isIgnored, "\(file)")
        }

        let description = try work.json("\(Self.output)/dataset_description.json")
        #expect(description["Name"] as? String == "Study: synthesised MRI contrasts")
        #expect(description["DatasetType"] as? String == "derivative" && description["BIDSVersion"] is String)
        let generator = (description["GeneratedBy"] as? [[String: String]])?.first
        #expect(generator?["Name"] == "collagan" && generator?["Version"]?.isEmpty == false)
        #expect((description["SourceDatasets"] as? [[String: String]]) == [["URL": "../..", "DOI": "doi:10.1/x"]])
        let sidecar = try work.json("\(Self.output)/sub-01/ses-1/anat/sub-01_ses-1_desc-imputed_FLAIR.json")
        #expect(sidecar["brainMask"] as? String == "sub-01_ses-1_desc-brain_mask.nii.gz")
        #expect(sidecar["SkullStripped"] as? Bool == true)
        #expect(
            (sidecar["Sources"] as? [String])?.contains("bids:raw:sub-01/ses-1/anat/sub-01_ses-1_T2w.nii.gz") == true)

        let again = try CLI(command("impute", work, ["--pattern", "T2=*_run-1_*", "--pattern", "T2=*_ses-?_T2w"]))
        #expect(again.status == 0, "\(again.errors)")
        #expect(
            try work.statuses(Self.output)
                == ["sub-01_ses-1": "skipped", "sub-01_ses-2": "skipped", "sub-02": "done"])
        #expect(try inputs(work) == before)
    }

    /// Also where no patient has anything left to do.
    @Test(arguments: ["impute", "preprocess"]) func aLostDescriptionComesBack(_ name: String) throws {
        let work = try dataset()
        #expect(try CLI(command(name, work)).status == 1)
        let described = ["dataset_description.json", ".bidsignore"].map { "\(Self.output)/\($0)" }
        let before = try described.map(work.data)
        for file in described { try FileManager.default.removeItem(atPath: work.path(file)) }
        #expect(try CLI(command(name, work)).status == 1)
        #expect(try work.statuses(Self.output)["sub-01_ses-1"] == "skipped")
        #expect(try described.map(work.data) == before)
    }

    @Test func resultsOfOtherRunsInDerivativesChangeNothing() throws {
        let work = try dataset()
        #expect(try CLI(command("impute", work)).status == 1)
        let first = try work.data("\(Self.output)/sub-01/ses-1/anat/sub-01_ses-1_desc-imputed_FLAIR.nii.gz")
        let other = ["--model", work.model, "--no-subsets", "--targets", "T1"]
        for name in ["collagan-evaluated", "collagan-again"] {
            let run = try CLI(["evaluate", work.path("ds"), "--out", work.path("ds/derivatives/\(name)")] + other)
            #expect(run.status == 1)
            #expect(try work.statuses("ds/derivatives/\(name)").count == 3)
        }
        try FileManager.default.removeItem(atPath: work.path("ds/derivatives/collagan/run.json"))
        let plan = try CLI([
            "impute", work.path("ds"), "--out", work.path("out"), "--model", work.model, "--plan", "--json",
        ])
        let patients = try plan.json()["patients"] as? [[String: Any]] ?? []
        #expect(patients.map { $0["name"] as? String } == ["sub-01_ses-1", "sub-01_ses-2", "sub-02"])
        #expect(patients.allSatisfy { $0["layout"] as? String == "bids" })
        #expect(try CLI(command("impute", work, ["--overwrite"])).status == 1)
        #expect(try work.data("\(Self.output)/sub-01/ses-1/anat/sub-01_ses-1_desc-imputed_FLAIR.nii.gz") == first)
    }
}
