import Files
import Foundation
import Pipeline
import Testing

/// BIDS datasets as they lie about.
struct BIDSLayoutTests {
    private static let dataset = [
        #"dataset_description.json = {"Name": "d", "BIDSVersion": "1.8.0"}"#, "participants.tsv", "README",
        ".bidsignore = *_ct.nii.gz", "code/run.py", "sourcedata/sub-01/T1.nii.gz", "phenotype/x.tsv",
        "sub-01/ses-1/anat/sub-01_ses-1_T1w.nii.gz", "sub-01/ses-1/anat/sub-01_ses-1_T1w.json",
        "sub-01/ses-1/anat/sub-01_ses-1_ce-gadolinium_T1w.nii.gz", "sub-01/ses-2/func/sub-01_ses-2_bold.nii.gz",
        "sub-02/anat/sub-02_acq-3D_run-1_T2w.nii.gz", "sub-02/anat/sub-02_acq-post_T1w.nii.gz",
        "sub-02/anat/sub-02_part-phase_T1w.nii.gz", "sub-02/anat/sub-02_T2starw.nii.gz", "sub-03/dwi/sub-03_dwi.nii.gz",
    ]

    @Test func subjectsAndSessions() throws {
        let found = try FileTree(Self.dataset).search()
        #expect(FileTree.summary(found.patients) == ["sub-01_ses-1: T1 T1Gd", "sub-02: T1Gd T2", "sub-03: !noPatient"])
        #expect(found.patients.allSatisfy { $0.layout == .bids })
        let left = found.leftOut.map { FilePath.name($0.path) }
        #expect(left == ["code", "phenotype", "sourcedata", "ses-2"])
    }

    @Test(arguments: ["sub-01", "sub-01/ses-1", "sub-01/ses-1/anat"])
    func partsOfADataset(_ sub: String) throws {
        let found = try FileTree(Self.dataset).search(sub).patients
        #expect(FileTree.summary(found) == ["sub-01_ses-1: T1 T1Gd"])
        #expect(found.first?.bids?.subject == "sub-01" && found.first?.bids?.session == "ses-1")
    }

    @Test func masksComeFromDerivativesContrastsDoNot() throws {
        let tree = try FileTree(
            Self.dataset + [
                "derivatives/prep/sub-01/ses-1/anat/sub-01_ses-1_desc-brain_mask.nii.gz",
                "derivatives/prep/sub-01/ses-1/anat/sub-01_ses-1_space-MNI152_desc-brain_mask.nii.gz",
                "derivatives/prep/sub-01/ses-1/anat/sub-01_ses-1_desc-preproc_T2w.nii.gz",
                "derivatives/sub-01/ses-1/anat/sub-01_ses-1_label-lesion_mask.nii.gz",
                "derivatives/prep/sub-02/anat/sub-02_space-T1w_desc-brain_mask.nii.gz",
                "derivatives/other/sub-02/anat/sub-02_desc-brain_mask.nii.gz",
            ])
        let found = try tree.search().patients
        #expect(
            FileTree.summary(found).prefix(2) == [
                "sub-01_ses-1: T1 T1Gd mask lesion", "sub-02: T1Gd T2 mask !ambiguous",
            ])
        #expect(found[0].recognitions.contains { $0.reason.contains("mni152") && $0.role == .unrecognised })
        let solved = try tree.search(patterns: ["brainmask=other/sub-*/anat/*mask*"]).patients
        #expect(FileTree.summary(solved)[1] == "sub-02: T1Gd T2 mask")
        #expect(solved[1].brainMask?.contains("derivatives/other/") == true)
        #expect(FileTree.summary(try tree.search("sub-01/ses-1").patients) == ["sub-01_ses-1: T1 T1Gd mask lesion"])
    }

    @Test func ownMasksWinOverThoseOfDerivatives() throws {
        let tree = try FileTree(
            Self.dataset + [
                "sub-02/anat/sub-02_desc-brain_mask.nii.gz",
                "derivatives/prep/sub-02/anat/sub-02_desc-brain_mask.nii.gz",
            ])
        let patient = try #require(try tree.search().patients.first { $0.name == "sub-02" })
        #expect(patient.problem == nil && patient.brainMask?.contains("derivatives") == false)
    }

    @Test(arguments: [
        #"run.json = {"software": {"name": "collagan", "version": "0"}}"#,
        #"dataset_description.json = {"GeneratedBy": [{"Name": "collagan"}]}"#,
    ])
    func ownDerivativesAreNeverInputs(_ mark: String) throws {
        let tree = try FileTree(
            Self.dataset + [
                "derivatives/mine/\(mark)", "derivatives/mine/sub-02/anat/sub-02_desc-brain_mask.nii.gz",
                "derivatives/out/sub-02/anat/sub-02_desc-brain_mask.nii.gz",
                "derivatives/prep/sub-02/anat/sub-02_desc-imputed_T1w.nii.gz",
            ])
        let found = try tree.search(excluding: "derivatives/out")
        #expect(FileTree.summary(found.patients)[1] == "sub-02: T1Gd T2")
        let left = found.leftOut.filter { $0.path.contains("derivatives/") }
        #expect(left.map { FilePath.name($0.path) } == ["mine", "out"])
    }

    @Test func twoRunsNameTheRemedy() throws {
        let tree = try FileTree([
            "sub-1/anat/sub-1_run-1_T1w.nii.gz", "sub-1/anat/sub-1_run-2_T1w.nii.gz", "sub-2/anat/sub-2_T1w.nii.gz",
        ])
        let problem = try #require(try tree.search().patients.first?.problem)
        for part in ["run-1_T1w", "run-2_T1w", "--pattern T1='*_run-1*'"] { #expect(problem.message.contains(part)) }
        let solved = try tree.search(patterns: ["T1=*_run-1*"]).patients
        #expect(FileTree.summary(solved) == ["sub-1: T1", "sub-2: !noPatient"])
        #expect(solved[0].warnings == [])
        let both = try tree.search(patterns: ["T1=*_run-1*", "T1=sub-?_T1w"]).patients
        #expect(FileTree.summary(both) == ["sub-1: T1", "sub-2: T1"])
    }

    @Test func filesCalledAfterSomebodyElseAreLeftOut() throws {
        let tree = try FileTree([
            "sub-06/anat/sub-06_T1w.nii.gz", "sub-06/anat/sub-07_T2w.nii.gz", "sub-06/anat/FLAIR.nii.gz",
            "sub-A/ses-1/anat/sub-a_ses-1_T1w.nii.gz", "sub-A/ses-1/anat/sub-A_ses-2_T2w.nii.gz",
            "sub-A/ses-1/anat/sub-A_FLAIR.nii.gz", "sub-B/anat/sub-C_T1w.nii.gz", "sub-B/anat/sub-C_T2w.nii.gz",
            "derivatives/x/sub-06/anat/sub-07_desc-brain_mask.nii.gz",
        ])
        let found = try tree.search(patterns: ["T2=*_T2w"]).patients
        #expect(FileTree.summary(found) == ["sub-06: T1 FLAIR", "sub-A_ses-1: T1 FLAIR", "sub-B: !noPatient"])
        #expect(
            found[0].warnings
                == ["sub-07_T2w", "sub-07_desc-brain_mask"].map {
                    "\($0).nii.gz was left out: it is called after sub-07, but lies in sub-06's folder; move or rename it"
                })
        #expect(
            found[1].warnings.count == 1 && found[1].warnings[0].contains("after ses-2, but lies in ses-1's folder"))
        #expect(found[2].problem?.message.contains("is called after sub-C, but lies in sub-B's") == true)
    }

    @Test func aFolderCalledLikeAnImageCountsAsIt() throws {
        let tree = try FileTree([
            "sub-1/anat/sub-1_T1w.nii.gz", "sub-1/anat/sub-1_T1w.nii/", "sub-1/anat/sub-1_T2w.nii.gz/image.nii",
        ])
        #expect(FileTree.summary(try tree.search().patients) == ["sub-1: T1 T2"])
    }
}
