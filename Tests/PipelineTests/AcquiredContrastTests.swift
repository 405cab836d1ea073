import Files
import Foundation
import Patients
import Pipeline
import TestSupport
import Testing
import Volumes

/// A contrast that was acquired never passes for missing without a word, wherever and however its file lies.
struct AcquiredContrastTests {
    private func only(_ entries: [String], patterns: [String] = [], excluding: String? = nil) throws -> Patient {
        let found = try FileTree(entries + ["q/T1.nii"]).search(patterns: patterns, excluding: excluding).patients
        #expect(found.map(\.name) == ["p", "q"])
        return try #require(found.first)
    }

    @Test(
        "images below the patient's, and what is said",
        arguments: [
            (
                "FLAIR/FLAIR.nii.gz", "FLAIR.nii.gz was left out: it lies in the folder 'FLAIR', ",
                "--pattern FLAIR='FLAIR/*'"
            ),
            ("anat/p_flair.nii", "p_flair.nii was left out: it lies in the folder 'anat', ", "move it there"),
            (
                "T1post/image.nii.gz", "image.nii.gz was left out: it lies in the folder 'T1post', ",
                "--pattern T1Gd='T1post/*'"
            ),
            ("FLAIR/nifti/0001.nii", "0001.nii was left out: it lies in the folder 'FLAIR/nifti', ", "move it there"),
            ("FLAIR/0001.dcm", "0001.dcm was left out: it lies in the folder 'FLAIR', ", "is DICOM"),
            ("a/FLAIR.nii.gz/", "FLAIR.nii.gz was left out: it lies in the folder 'a', ", "move it there"),
            ("FLAIR.nii.gz.download/FLAIR.nii.gz", "FLAIR.nii.gz was left out: it lies in the folder", "move it there"),
        ])
    func below(_ file: String, _ start: String, _ says: String) throws {
        let patient = try only(["p/T1.nii.gz", "p/T2.nii.gz", "p/\(file)"])
        #expect(FileTree.summary([patient]) == ["p: T1 T2"])
        #expect(patient.warnings.count == 1, "\(patient.warnings)")
        #expect(patient.warnings.allSatisfy { $0.hasPrefix(start) && $0.contains(says) }, "\(patient.warnings)")
    }

    @Test func thePatternThatIsNamedHelps() throws {
        let patient = try only(["p/T1.nii.gz", "p/FLAIR/FLAIR.nii.gz"], patterns: ["FLAIR=FLAIR/*"])
        #expect(FileTree.summary([patient]) == ["p: T1 FLAIR"] && patient.warnings == [])
    }

    @Test func whatThePatientHasOrWhatIsOursIsNotMentioned() throws {
        let patient = try only(
            [
                "p/T1.nii.gz", "p/T1/other.nii", "p/copy/T1.nii", "p/.old/FLAIR.nii", "p/a/b/c/FLAIR.nii",
                "p/up -> ../q",
                "p/done/p_FLAIR_imputed.nii.gz",
                #"p/done/p_FLAIR_imputed.json = {"software": {"name": "collagan"}}"#, "p/out/FLAIR.nii",
                "p/masks/FLAIR_mask.nii", "p/dicom/IM_0003.dcm",
                #"p/run/run.json = {"software": {"name": "collagan"}}"#, "p/run/FLAIR.nii",
            ], excluding: "p/out")
        #expect(patient.warnings == [])
    }

    @Test func patientsBelowAStrayImageAreToldAsSuch() throws {
        let tree = try FileTree(["T1.nii", "p1/T1.nii", "p1/T2.nii", "p2/T1.nii", "p2/T2.nii", "p3/T1.nii"])
        let found = try tree.search().patients
        #expect(found.map { $0.available.count } == [1])
        let warning = try #require(found.first?.warnings.first)
        #expect(found[0].warnings.count == 1, "\(found[0].warnings)")
        for part in ["'p1' (others in 1 more) with another T1", "move T1.nii out of the folder above the patients"] {
            #expect(warning.contains(part), "\(warning)")
        }
    }

    @Test func imagesBesideFoldersOfSingleSeriesAndOfImages() throws {
        let series = try only(["p/T1/a.nii", "p/T2/b.nii", "p/anat/FLAIR.nii"])
        #expect(FileTree.summary([series]) == ["p: T1 T2"] && series.warnings.count == 1, "\(series.warnings)")
        let contained = try only(["p/nifti/T1.nii", "p/dicom/FLAIR/1.dcm", "p/dicom/T1/1.dcm"])
        #expect(
            contained.warnings.count == 1 && contained.warnings[0].contains("'dicom/FLAIR'"), "\(contained.warnings)")
    }

    @Test(
        "folders called like images",
        arguments: [
            ["p/T1.nii.gz", "p/T2.nii.gz/"], ["p/T1.nii.gz", "p/T2.nii.gz/notes.txt"],
            ["p/p_t1.nii", "p/p_t2.nii/00000057_brain_t2.nii"], ["p/T1/a.nii", "p/T1Gd/a.nii", "p/T2.nii.gz/"],
        ])
    func foldersCalledLikeImages(_ tree: [String]) throws {
        let patient = try only(tree)
        let path = try #require(patient.contrasts[2])
        #expect(
            path.hasPrefix(patient.folder + "/") && FilePath.folder(path) == patient.folder && patient.problem == nil)
    }

    @Test func aFolderInPlaceOfAnImageIsRefusedWithTheReason() throws {
        let tree = try FileTree(["p/T1.nii", "p/T2.nii.gz/x.nii", "p/T1.nii.gz/", "p/brainmask.nii/"])
        let patient = try #require(try tree.search("p").patients.first)
        #expect(FileTree.summary([patient]) == ["p: T1 T2 mask"])
        let error = #expect(throws: VolumeError.self) { try NIfTIFile.readHeader(patient.contrasts[2] ?? "") }
        #expect(
            error?.code == .notAFile && error?.message.contains("T2.nii.gz is a folder") == true,
            "\(error?.message ?? "")")
    }

    @Test func aFolderForEverySeriesMayBeCalledLikeAnImage() throws {
        let patient = try only(["t1", "t1ce", "t2", "flair"].map { "p/p_\($0).nii/00000057_brain_\($0).nii" })
        #expect(FileTree.summary([patient]) == ["p: T1 T1Gd T2 FLAIR"])
        #expect(patient.contrasts.allSatisfy { $0?.contains("00000057") == true })
    }

    @Test(
        "files that have not arrived or are wrapped up",
        arguments: [
            (".nii.gz.part", "incomplete download"), (".nii.gz.partial", "finish it"),
            (".nii.gz.crdownload", "fetch it again"),
            (".nii.filepart", "incomplete"), (".nii.gz.download", "incomplete"), (".NII.GZ.TMP", "incomplete"),
            (".nii.gz.gz", "decompress it once"), (".gz", "rename it to .nii.gz"), (".nii.gz.gpg", "decrypt it"),
            (".nii.gz.aes", "decrypt it"), (".nii.enc", "decrypt it"), (".nii.Z", "unpack it"),
            (".nii.7z", "unpack it"),
            (".nii.tar.gz", "unpack it"), (".tgz", "unpack it"), (".zip", "unpack it"), (".nii.bz2", "bzip2"),
        ])
    func wrapped(_ ending: String, _ says: String) throws {
        let patient = try only(["p/T1.nii.gz", "p/p_FLAIR\(ending)"])
        #expect(patient.warnings.count == 1 && patient.warnings[0].contains(says), "\(patient.warnings)")
    }

    /// A download that lacks the last bytes only: by its name while it runs, by its bytes once it was renamed.
    @Test(arguments: [".part", ".crdownload"])
    func anImageWithoutItsLastBytes(_ ending: String) throws {
        let tree = try FileTree(["p/T1.nii.gz"])
        let whole = tree.root.appending(path: "whole.nii.gz")
        let volume = SyntheticVolumes.random(SyntheticVolumes.grid([64, 64, 32]), seed: 1)
        try NIfTIFile.write(volume, to: whole.path)
        let bytes = try Data(contentsOf: whole).dropLast(8)
        try FileManager.default.removeItem(at: whole)
        try bytes.write(to: tree.root.appending(path: "p/FLAIR.nii.gz\(ending)"))
        let patient = try #require(try tree.search().patients.first)
        #expect(FileTree.summary([patient]) == ["p: T1"])
        #expect(
            patient.warnings.count == 1
                && patient.warnings[0].hasPrefix("FLAIR.nii.gz\(ending) was left out: it is an incomplete download"),
            "\(patient.warnings)")

        try bytes.write(to: tree.root.appending(path: "p/FLAIR.nii.gz"))
        let named = try #require(try tree.search().patients.first)
        #expect(FileTree.summary([named]) == ["p: T1 FLAIR"])
        let error = #expect(throws: VolumeError.self) { try NIfTIFile.read(#require(named.contrasts[3])) }
        #expect(error?.code == .truncated)
    }

    @Test func whatBelongsToAnImageIsNoImage() throws {
        let names = ["json", "txt", "png", "csv", "bval", "bvec", "tsv.gz", "json.gz", "nii.json", "part", "tmp"]
        let patient = try only(["p/T1.nii.gz"] + names.map { "p/FLAIR.\($0)" })
        #expect(patient.recognitions.count == 1 && patient.warnings == [])
    }

    @Test func ofManyFilesTheFirstTwoAreNamed() throws {
        let names = ["T2.nii.gz", "T2_run-2.nii.gz", "T2_run-2_rec-a.nii.gz", "T2_run-3.nii.gz"]
        let patient = try only(["p/T1.nii"] + names.map { "p/\($0)" })
        let message = try #require(patient.problem).message
        let folder = patient.folder
        #expect(
            message.hasPrefix("4 files for T2: \(folder)/\(names[0]), \(folder)/\(names[1]) and 2 more; remove"),
            "\(message)")
        // '*_run-2*' fits two of them.
        #expect(message.contains("all but one") && message.contains("--pattern T2='T2.nii.gz'"), "\(message)")
        let solved = try only(["p/T1.nii"] + names.map { "p/\($0)" }, patterns: ["T2=T2.nii.gz"])
        #expect(solved.problem == nil && solved.contrasts[2] == "\(solved.folder)/T2.nii.gz")
        let others = try only(["p/T1.nii", "p/a_T2.nii", "p/b_T2.nii", "p/seg.nii", "p/FLAIR.nii", "p/FLAIR_2.nii"])
        let first = try #require(others.problem).message
        #expect(first.hasPrefix("two files for FLAIR: ") && first.contains("/FLAIR.nii and "), "\(first)")
    }

    @Test func twoFilesAreAdvisedSafely() throws {
        let message = try #require(try only(["p/T1.nii", "p/T1_run-2.nii"]).problem).message
        for part in ["remove or rename one, or ", "--pattern T1='*_run-2*'", "counts for all patients", "--plan"] {
            #expect(message.contains(part), "\(message)")
        }
    }
}
