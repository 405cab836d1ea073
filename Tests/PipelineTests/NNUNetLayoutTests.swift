import Foundation
import Pipeline
import Testing

/// nnU-Net's folders as they lie about, beside the trees of `LayoutTests`.
struct NNUNetLayoutTests {
    @Test func decathlonAndOtherStraysInNNUNetFolders() throws {
        let tree = try FileTree(["imagesTr/BRATS_001.nii.gz", "imagesTs/c_0000.nii.gz", "imagesTs/stray.nii.gz"])
        let found = try tree.search()
        #expect(FileTree.summary(found.patients) == ["c: T1", "imagesTr: !noPatient"])
        #expect(found.patients.last?.problem?.message.contains("BRATS_001.nii.gz") == true)
        #expect(found.leftOut.contains { $0.path.hasSuffix("stray.nii.gz") })
        #expect(found.patients.allSatisfy { $0.layout == .nnunet })
    }

    @Test(arguments: [
        "not json", #"{"channel_names": ["T1", "T2"]}"#, #"{"channel_names": {}}"#, #"{"modality": {"0": 1}}"#,
        "{broken", "[]",
    ])
    func datasetJSONWithoutChannelsFailsItsPatients(_ text: String) throws {
        let tree = try FileTree([
            "a/dataset.json = \(text)", "a/imagesTr/c_0000.nii.gz", "a/imagesTr/c_0001.nii.gz",
            "a/imagesTs/d_0001.nii.gz",
            "b/imagesTr/e_0001.nii.gz",
        ])
        let found = try tree.search().patients
        #expect(FileTree.summary(found) == ["c: !badConfiguration", "d: !badConfiguration", "e: T1Gd"])
        #expect(found[0].warnings == [])
        for part in ["a/dataset.json: ", "correct it", "remove it", "--pattern T1='*_0000'"] {
            #expect(found[0].problem?.message.contains(part) == true, "\(found[0].problem?.message ?? "")")
        }
        #expect(FileTree.summary(try tree.search("a/imagesTs").patients) == ["d: !badConfiguration"])
    }

    @Test func datasetJSONThatCannotBeReadFailsItsPatients() throws {
        for entry in ["dataset.json/", "dataset.json -> .git/annex/gone"] {
            let found = try FileTree([entry, "imagesTr/c_0000.nii.gz"]).search().patients
            #expect(found.first?.problem?.message.contains("dataset.json: cannot be read") == true)
        }
    }

    @Test func onlyPatternsCountWhereDatasetJSONNamesNoChannels() throws {
        let tree = try FileTree(["dataset.json = {}", "imagesTr/FLAIR_c_0000.nii.gz", "imagesTr/FLAIR_c_0001.nii.gz"])
        let found = try tree.search(patterns: ["T2=*_0001"])
        #expect(FileTree.summary(found.patients) == ["FLAIR_c: T2"])
        let warnings = found.patients[0].warnings
        #expect(warnings.count == 1 && warnings[0].contains("is channel _0000, which dataset.json does not name"))
        #expect(found.leftOut.contains { $0.path.hasSuffix("dataset.json") && $0.reason.contains("names no channels") })
        #expect(FileTree.summary(try tree.search(patterns: ["lesion=x"]).patients) == ["FLAIR_c: !badConfiguration"])
    }

    @Test func channelsThatAreFoldersOrHaveNotArrivedAreToldOf() throws {
        let tree = try FileTree([
            "imagesTr/c_0000.nii.gz", "imagesTr/c_0002.nii.gz/", "imagesTr/c_0003.nii.gz.part", "imagesTr/c_0001.nrrd",
            "imagesTr/d_0001.nrrd",
        ])
        let found = try tree.search().patients
        #expect(FileTree.summary(found) == ["c: T1 T2", "d: !noPatient"])
        #expect(found[0].warnings.count == 2, "\(found[0].warnings)")
    }
}
