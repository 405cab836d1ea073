import Files
import Foundation
import Patients
import Pipeline
import Testing

/// Trees as archives have them, and the patients in them.
struct LayoutTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let tree: [String]
        let patients: [String]
        var sub = ""
        var layout = Layout.auto
        var patterns: [String] = []
        var testDescription: String { name }
    }

    static let brats = [
        Example(
            name: "2015, a folder per contrast",
            tree: ["T1", "T1c", "T2", "Flair"].enumerated().flatMap { number, contrast in
                [
                    "HGG/brats_tcia_pat1/VSD.Brain.XX.O.MR_\(contrast).5451\(number)/VSD.Brain.XX.O.MR_\(contrast).5451\(number).nii"
                ]
            } + ["HGG/brats_tcia_pat1/VSD.Brain_3more.XX.O.OT.54517/VSD.Brain_3more.XX.O.OT.54517.nii"],
            patients: ["brats_tcia_pat1: T1 T1Gd T2 FLAIR lesion"]),
        Example(
            name: "2015 as distributed, beside one that was converted",
            tree: [
                "HGG/pat1/VSD.Brain.XX.O.MR_T1.1/VSD.Brain.XX.O.MR_T1.1.mha",
                "HGG/pat1/VSD.Brain.XX.O.MR_T2.2/VSD.Brain.XX.O.MR_T2.2.mha",
                "LGG/pat2/VSD.Brain.XX.O.MR_T1.1/VSD.Brain.XX.O.MR_T1.1.nii",
                "LGG/pat2/VSD.Brain.XX.O.MR_T2.2/VSD.Brain.XX.O.MR_T2.2.nii",
            ], patients: ["pat1: !noPatient", "pat2: T1 T2"]),
        Example(
            name: "2017 to 2020",
            tree: ["t1", "t1ce", "t2", "flair", "seg"].flatMap {
                [
                    "HGG/Brats17_TCIA_1_1/Brats17_TCIA_1_1_\($0).nii.gz",
                    "LGG/BraTS19_2013_0_1/BraTS19_2013_0_1_\($0).nii",
                ]
            } + ["name_mapping.csv", "survival_data.csv"],
            patients: ["BraTS19_2013_0_1: T1 T1Gd T2 FLAIR lesion", "Brats17_TCIA_1_1: T1 T1Gd T2 FLAIR lesion"]),
        Example(
            name: "2020, patient 355 with its own name for the segmentation",
            tree: [
                "BraTS20_Training_355/BraTS20_Training_355_t1.nii", "BraTS20_Training_355/W39_1998.09.19_Segm.nii",
            ], patients: ["BraTS20_Training_355: T1 lesion"]),
        Example(
            name: "2021",
            tree: ["BraTS2021_00000/BraTS2021_00000_t1ce.nii.gz", "BraTS2021_00000/BraTS2021_00000_seg.nii.gz"],
            patients: ["BraTS2021_00000: T1Gd lesion"]),
        Example(
            name: "2023",
            tree: ["t1n", "t1c", "t2w", "t2f", "seg"].map { "BraTS-GLI-00000-000/BraTS-GLI-00000-000-\($0).nii.gz" },
            patients: ["BraTS-GLI-00000-000: T1 T1Gd T2 FLAIR lesion"]),
    ]

    static let nnunet = [
        Example(
            name: "channels named in dataset.json, version 2",
            tree: [
                #"dataset.json = {"channel_names": {"0": "FLAIR", "1": "T1w", "2": "t1gd", "3": "T2w"}, "numTraining": 1}"#,
                "imagesTr/B_001_0000.nii.gz", "imagesTr/B_001_0002.nii.gz", "imagesTs/B_002_0003.nii.gz",
                "labelsTr/B_001.nii.gz",
            ], patients: ["B_001: T1Gd FLAIR lesion", "B_002: T2"]),
        Example(
            name: "version 1, in the folder of images",
            tree: [
                #"dataset.json = {"modality": {"0": "T2-FLAIR", "1": "T1 contrast-enhanced"}}"#,
                "imagesTs/c_0000.nii.gz", "imagesTs/c_0001.nii.gz",
            ],
            patients: ["c: T1Gd FLAIR"], sub: "imagesTs"),
        Example(
            name: "channels that name no contrast",
            tree: [
                #"dataset.json = {"channel_names": {"0": "MRI", "1": "ADC"}}"#, "imagesTr/c_0000.nii.gz",
                "imagesTr/c_0001.nii.gz",
            ],
            patients: ["c: T2"], patterns: ["T2=*_0000"]),
        Example(
            name: "names of cases that sound like contrasts",
            tree: ["imagesTr/FLAIR_x_0000.nii.gz", "imagesTr/FLAIR_x_0001.nii.gz"], patients: ["FLAIR_x: T1 T1Gd"]),
        Example(
            name: "a folder of datasets",
            tree: [
                "Dataset001_A/imagesTr/c_0000.nii.gz", "Dataset002_B/imagesTr/c_0001.nii.gz",
                "Dataset002_B/imagesTr/d_0001.nii.gz",
            ],
            patients: ["Dataset001_A_imagesTr_c: T1", "Dataset002_B_imagesTr_c: T1Gd", "d: T1Gd"]),
        Example(
            name: "no dataset.json: the model's order", tree: ["imagesTs/c_0000.nii.gz", "imagesTs/c_0003.nii.gz"],
            patients: ["c: T1 FLAIR"], layout: .nnunet),
    ]

    static let nested = [
        Example(
            name: "site, patient, session, anat",
            tree: [
                "A/p1/ses-1/anat/T1.nii.gz", "A/p1/ses-2/anat/T1.nii.gz", "B/p1/ses-1/anat/T1.nii.gz",
                "B/p2/baseline/nifti/FLAIR.nii",
            ],
            patients: ["A_p1_ses-1: T1", "B_p1_ses-1: T1", "p1_ses-2: T1", "p2_baseline: FLAIR"]),
        Example(
            name: "folders of images beside folders of other things",
            tree: ["p1/nifti/T1.nii.gz", "p1/dicom/1.dcm", "p1/notes/a.txt", "p2/anat/T2.nii.gz"],
            patients: ["p1: T1", "p2: T2"]),
        Example(
            name: "a folder per series, files without names",
            tree: [
                "p1/T1/image.nii.gz", "p1/T2/image.nii.gz", "p1/mask/image_0001.nii.gz", "p1/dicom/1.dcm",
                "p2/FLAIR/0001.nii",
            ],
            patients: ["p1: T1 T2 mask", "p2: FLAIR"]),
        Example(
            name: "patients with one contrast each are no series",
            tree: ["T2_study_07/T1.nii", "T2_study_07/T2.nii", "T2_study_08/T2.nii", "T1_study_01/FLAIR.nii"],
            patients: ["T1_study_01: FLAIR", "T2_study_07: T1 T2", "T2_study_08: T2"]),
        Example(
            name: "two series for one contrast",
            tree: ["p1/T1/a.nii", "p1/T1_repeat/b.nii", "p1/T2/c.nii", "q/T1.nii"],
            patients: ["p1: T1 T2 !ambiguous", "q: T1"]),
        Example(
            name: "and their pattern", tree: ["p1/T1/a.nii", "p1/T1_repeat/b.nii", "p1/T2/c.nii"],
            patients: ["p1: T1 T2"],
            patterns: ["T1=T1_repeat/*"]),
        Example(
            name: "eight folders deep", tree: ["a/b/c/d/e/f/g/p/T1.nii", "a/b/c/d/e/f/g/p2/x/T1.nii", "q/T1.nii"],
            patients: ["p: T1", "p2: !noPatient", "q: T1"]),
        Example(
            name: "hidden and foreign files, case, blanks and other scripts",
            tree: [
                "Müller Änne/T1.NII.GZ", "Müller Änne/._T1.NII.GZ", "Müller Änne/.DS_Store", "患者 3/t2 axial.nii",
                "__MACOSX/p/T1.nii", ".cache/p/T1.nii",
            ],
            patients: ["Müller Änne: T1", "患者 3: T2"]),
        Example(
            name: "a contrast in another format is not missing without a word", tree: ["p/T1.nii", "p/p_FLAIR.mgz"],
            patients: ["p: T1"]),
        Example(
            name: "names that clash after all", tree: ["x/p/T1.nii", "y/p/T1.nii", "x_p/T2.nii"],
            patients: ["x__p: T1", "x_p: T2", "y_p: T1"]),
        Example(
            name: "several BIDS datasets and a plain folder",
            tree: [
                "ds1/sub-01/anat/sub-01_T1w.nii.gz", "ds2/sub-01/ses-a/anat/sub-01_ses-a_T2w.nii.gz",
                "ds2/sub-02/anat/sub-02_T1w.nii.gz", "ds1/sub-02/anat/sub-02_FLAIR.nii.gz", "p/T1.nii",
            ],
            patients: ["ds1_sub-02: FLAIR", "ds2_sub-02: T1", "p: T1", "sub-01: T1", "sub-01_ses-a: T2"]),
    ]

    static let patterned = [
        Example(
            name: "files in folders of the patient",
            tree: ["p1/mri/anat/scan1.nii", "p1/mri/other/scan2.nii", "p2/mri/anat/scan1.nii"],
            patients: ["p1: T1 T2", "p2: T1"], patterns: ["T1=mri/anat/scan*", "T2=MRI/other/*"]),
        Example(
            name: "one of two BIDS runs, by the folder",
            tree: ["sub-1/anat/sub-1_run-1_T2w.nii.gz", "sub-1/anat/sub-1_run-2_T2w.nii.gz"],
            patients: ["sub-1: T2"], patterns: ["T2=anat/*_run-2_*"]),
        Example(
            name: "two patterns for one contrast", tree: ["p1/a.nii", "p2/b.nii"], patients: ["p1: T1", "p2: T1"],
            patterns: ["T1=a", "T1=b"]),
    ]

    @Test(arguments: brats + nnunet + nested + patterned)
    func tree(_ example: Example) throws {
        let tree = try FileTree(example.tree)
        let found = try tree.search(example.sub, layout: example.layout, patterns: example.patterns).patients
        #expect(FileTree.summary(found) == example.patients)
        #expect(Set(found.map(\.name)).count == found.count)
    }

    @Test func formatsThatAreNotReadAreNamedWithTheRemedy() throws {
        let tree = try FileTree([
            "a/T1.nii", "b/VSD.Brain.XX.O.MR_T1.1/VSD.Brain.XX.O.MR_T1.1.mha", "c/1.dcm", "c/2.dcm", "d/T1.hdr",
            "d/T1.img",
            "e/x.nii.bz2",
        ])
        let found = try tree.search().patients
        #expect(found.map(\.name) == ["a", "b", "c", "d", "e"])
        for (patient, says) in zip(found.dropFirst(), ["MetaImage", "dcm2niix", "single .nii.gz", "bzip2"]) {
            let message = patient.problem?.message ?? ""
            #expect(message.contains(says) && message.contains("holds no NIfTI file"), "\(message)")
        }
        let alone = #expect(throws: CollaGANError.self) { try tree.search("b") }
        #expect(alone?.message.contains("is MetaImage") == true, "\(alone?.message ?? "")")
    }

    @Test func contrastInAnotherFormatIsAWarning() throws {
        let tree = try FileTree(["p/T1.nii", "p/FLAIR.mha", "p/T1.mha", "p/scan.mha", "p/T1_T2.nii"])
        let warnings = try #require(try tree.search().patients.first).warnings
        #expect(warnings.count == 2, "\(warnings)")
        #expect(warnings.contains { $0.hasPrefix("FLAIR.mha was left out: it is MetaImage") })
        #expect(warnings.contains { $0.hasPrefix("T1_T2.nii was left out: it names two contrasts") })
    }

    @Test func patternsThatCanFitNothingAreRefused() {
        for glob in ["/abs/T1*", "../T1*", "anat/", "/"] {
            let error = #expect(throws: CollaGANError.self) {
                try ContrastRecognizer(contrasts: ["T1"], patterns: [FilePattern(role: "T1", glob: glob)])
            }
            #expect(error?.code == .badConfiguration)
        }
    }
}
