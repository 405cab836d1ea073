import Files
import Foundation
import Patients
import Testing

/// Images that were not used, images that collagan made, folders without a usable image: none goes without a word.
struct LeftOutImageTests {
    private static let ours = #"{"software": {"name": "collagan", "version": "0"}}"#

    private func only(_ entries: [String]) throws -> Patient {
        try #require(try FileTree(entries + ["q/T1.nii"]).search().patients.first { $0.name == "p" })
    }

    @Test func unusedImagesAreNamedBesideAMissingContrast() throws {
        let patient = try only(["p/T1.nii", "p/scan.nii", "p/p_swi.nii", "p/brainmask.nii", "p/seg.nii", "p/T2.nii"])
        let warning = try #require(patient.warnings.first)
        #expect(patient.warnings.count == 1, "\(patient.warnings)")
        for part in [
            "T1Gd, FLAIR are missing", "scan.nii (may be T1Gd or FLAIR), p_swi.nii ('swi' stands for another sequence)",
            "--pattern T1Gd='scan.nii'",
        ] { #expect(warning.contains(part), "\(warning)") }
        for used in ["brainmask", "seg.nii", "T1.nii", "T2.nii"] {
            #expect(!warning.contains("\(used) ("), "\(warning)")
        }
    }

    @Test func nothingIsNamedWhereNoContrastIsMissing() throws {
        #expect(try only(["T1", "T1Gd", "T2", "FLAIR", "scan"].map { "p/\($0).nii" }).warnings == [])
    }

    @Test func manyImagesAreCounted() throws {
        let patient = try only(["p/T1.nii"] + (10..<30).map { "p/scan\($0).nii" })
        let warning = try #require(patient.warnings.first)
        #expect(warning.contains("scan17.nii") && !warning.contains("scan18.nii") && warning.contains(" and 12 more"))
    }

    @Test func theSidecarOfAnUnusedImageSaysWhatItMayBe() throws {
        let json = #"{"InversionTime": 2.5, "EchoTime": 0.12, "RepetitionTime": 9}"#
        let warning = try #require(try only(["p/T1.nii", "p/scan7.nii", "p/scan7.json = \(json)"]).warnings.first)
        #expect(warning.contains("scan7.nii (may be FLAIR: InversionTime 2.5 s"), "\(warning)")
    }

    @Test func masksOfRegionsToBeFilledAreNoBrainMasks() throws {
        let name = "BraTS-GLI-00000-000"
        let patient = try only(
            ["mask", "mask-healthy", "mask-unhealthy", "t1n-voided", "t1n"].map { "p/\(name)-\($0).nii.gz" })
        #expect(FileTree.summary([patient]) == ["p: T1"])
        #expect(
            patient.recognitions.contains { $0.reason.contains("lies beside") && $0.file.hasSuffix("-mask.nii.gz") })
    }

    @Test func aMaskBesideABrainMaskIsAnotherOne() throws {
        let patient = try only(["p/T1.nii", "p/brain_mask.nii", "p/mask.nii"])
        #expect(FileTree.summary([patient]) == ["p: T1 mask"])
        #expect(FilePath.name(patient.brainMask ?? "") == "brain_mask.nii")
    }

    @Test func otherPeoplesPreprocessedImagesAreInputs() throws {
        let patient = try only(["T1", "T2", "GADO", "DP"].map { "p/\($0)_preprocessed.nii.gz" })
        #expect(FileTree.summary([patient]) == ["p: T1 T1Gd T2"])
    }

    @Test(
        "what collagan made, by the sidecar or by the record that lists it, whatever it is called",
        arguments: [
            ["p/p_T2_imputed.nii.gz", "p/p_T2_imputed.json = \(ours)"],
            ["p/p_T2_preprocessed.nii.gz", "p/p_T2_preprocessed.json = \(ours)"],
            ["p/T2.nii.gz", "p/T2.json = \(ours)"],
            [
                "p/p_T2_preprocessed.nii",
                #"p/preprocessing.json = {"fingerprint": "f", "files": ["p/p_T2_preprocessed.nii"]}"#,
            ],
            ["p/p_T2_imputed.nii.gz", #"metrics.json = {"fingerprint": "f", "files": ["a/p_T2_imputed.nii.gz"]}"#],
        ])
    func ownImagesAreNeverInputs(_ entries: [String]) throws {
        let tree = try FileTree(["p/T1.nii", "q/T1.nii"] + entries)
        for patterns in [[], ["T2=*T2*"]] {
            let patient = try #require(try tree.search(patterns: patterns).patients.first)
            #expect(FileTree.summary([patient]) == ["p: T1"])
            #expect(patient.recognitions.contains { $0.role == .ownOutput } && patient.warnings == [])
        }
    }

    @Test func anImageThatIsCalledImputedIsLeftOutWithAWordUnlessAPatternSaysOtherwise() throws {
        let tree = try FileTree(["p/T1.nii", "p/p_T2_imputed.nii.gz", "q/T1.nii"])
        let warnings = try #require(try tree.search().patients.first).warnings
        #expect(
            warnings.count == 1 && warnings[0].contains("is called 'imputed'") && warnings[0].contains("--pattern T2="))
        let meant = try tree.search(patterns: ["T2=*T2_imputed*"]).patients
        #expect(FileTree.summary(meant).first == "p: T1 T2")
    }

    @Test func noFolderWithImagesVanishes() throws {
        let tree = try FileTree([
            "a/T1.nii", "b/b_T1_imputed.nii", "c/c_T2_imputed.nii.gz", "c/c_T2_imputed.json = \(Self.ours)",
            "d/swi.nii",
            "e/scan.nii", "e/v1/odd.nii", "e/v2/odd.nii", "stray.nii",
        ])
        let found = try tree.search()
        #expect(
            FileTree.summary(found.patients)
                == ["a: T1", "b: !noPatient", "d: !noPatient", "e: !noPatient", "e_v1: !noPatient", "e_v2: !noPatient"])
        #expect(found.patients[1].problem?.message.contains("is called 'imputed'") == true)
        #expect(found.leftOut.map { FilePath.name($0.path) } == ["c", "stray.nii"])
    }
}
