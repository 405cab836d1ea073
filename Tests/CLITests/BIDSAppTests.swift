import Foundation
import Testing

/// `collagan bids`: the command line of a BIDS App.
struct BIDSAppTests {
    private func dataset() throws -> Workplace {
        let work = try Workplace()
        for (folder, stem) in [
            ("sub-01/ses-1", "sub-01_ses-1"), ("sub-01/ses-2", "sub-01_ses-2"), ("sub-02/ses-1", "sub-02_ses-1"),
        ] {
            try Phantom.write(["\(stem)_T1w", "\(stem)_T2w"], to: work.root.appending(path: "ds/\(folder)/anat"))
        }
        let text = #"{"Name": "Study", "BIDSVersion": "1.8.0"}"#
        try Data(text.utf8).write(to: work.root.appending(path: "ds/dataset_description.json"))
        return work
    }

    private func bids(_ work: Workplace, _ level: String, _ more: [String] = [], out: String = "out") throws -> CLI {
        let model = ["--model", work.model]
        return try CLI(["bids", work.path("ds"), work.path(out), level] + more + (level == "group" ? [] : model))
    }

    @Test func participantsApartAndTheGroupAreOneRun() throws {
        let work = try dataset()
        #expect(try bids(work, "participant", out: "whole").status == 0)
        #expect(try work.statuses("whole").count == 3)
        let whole = try bids(work, "group", out: "whole")
        #expect(whole.status == 0 && whole.errors.contains("nothing to put together"), "\(whole.errors)")

        let one = try bids(work, "participant", ["--participant-label", "01", "--session-label", "2"])
        #expect(one.status == 0, "\(one.errors)")
        #expect(work.exists("out/sub-01/ses-2/anat/sub-01_ses-2_desc-imputed_FLAIR.nii.gz"))
        #expect(!work.exists("out/sub-01/ses-1"))
        #expect(try bids(work, "participant", ["--session-label", "ses-1"]).status == 0)
        let group = try bids(work, "group")
        #expect(group.status == 0, "\(group.errors)")
        #expect(try work.statuses("out") == work.statuses("whole"))
        for image in work.files("whole").filter({ $0.hasSuffix(".nii.gz") }) {
            #expect(try work.data("out/\(image)") == work.data("whole/\(image)"), "\(image)")
        }
    }

    @Test func labelsThatAreNobodysAreRefused() throws {
        let work = try dataset()
        for labels in [["--participant-label", "03"], ["--session-label", "3"]] {
            let run = try bids(work, "participant", labels)
            #expect(run.status == 2 && run.errorLines.count == 1, "\(run.errors)")
            #expect(run.errors.contains("3"))
        }
        #expect(try bids(work, "group").status == 2)
        #expect(!work.exists("out/run.json"))
    }

    @Test func anImputedImageSaysSoWhereverItIsCopied() throws {
        let work = try dataset()
        #expect(try bids(work, "participant", ["--participant-label", "02"]).status == 0)
        let image = "out/sub-02/ses-1/anat/sub-02_ses-1_desc-imputed_FLAIR.nii.gz"
        try FileManager.default.createDirectory(
            at: work.root.appending(path: "p"), withIntermediateDirectories: true)
        try work.data(image).write(to: work.root.appending(path: "p/FLAIR.nii.gz"))
        let run = try CLI(["inspect", work.path("p/FLAIR.nii.gz"), "--json"])
        #expect(run.status == 0, "\(run.errors)")
        let patient = try #require((try run.json()["patients"] as? [[String: Any]])?.first)
        let file = try #require((patient["files"] as? [[String: Any]])?.first)
        let comment = try #require(file["comment"] as? String)
        let mark = try #require(try JSONSerialization.jsonObject(with: Data(comment.utf8)) as? [String: Any])
        #expect(mark["synthetic"] as? Bool == true)
        #expect(mark["contrast"] as? String == "FLAIR")
        #expect((mark["inputs"] as? [String: String])?.keys.sorted() == ["T1", "T2"])
        #expect((mark["model"] as? [String: String])?["name"] == "tiny")
        let text = try CLI(["inspect", work.path("p")])
        #expect(text.output.contains("synthetic FLAIR, not acquired"), "\(text.output)")
        let used = try CLI(["impute", work.path("p"), "--out", work.path("again"), "--model", work.model])
        #expect(used.status == 0 && used.errors.contains("doubtful-header"), "\(used.errors)")
    }
}
