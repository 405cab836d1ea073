import Files
import Foundation
import Patients
import Pipeline
import Testing
import TestSupport

struct DiscoveryTests {
    private static let standard = ["T1", "T1Gd", "T2", "FLAIR"]

    /// Runs discovery over a folder of empty files.
    private func discover(
        _ files: [String], at sub: String = "", layout: Layout = .auto, patterns: [FilePattern] = [],
        excluding: String? = nil, prepare: (URL) throws -> Void = { _ in }
    ) throws -> [Patient] {
        let root = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: root) }
        for file in files {
            let url = root.appending(path: file)
            try FileManager.default.createDirectory(
                at: file.hasSuffix("/") ? url : url.deletingLastPathComponent(), withIntermediateDirectories: true)
            if !file.hasSuffix("/") { try Data().write(to: url) }
        }
        try prepare(root)
        let discovery = try PatientDiscovery(
            contrasts: Self.standard, patterns: patterns, layout: layout,
            excludedFolder: excluding.map { root.path + "/" + $0 })
        return try discovery.patients(in: sub.isEmpty ? root.path : root.path + "/" + sub)
    }

    private func summary(_ patients: [Patient]) -> [String] {
        patients.map { patient in
            let names = patient.available.map { Self.standard[$0] }
            let masks = [patient.brainMask == nil ? nil : "mask", patient.lesion == nil ? nil : "lesion"]
            return ([patient.name + ":"] + names + masks.compactMap { $0 }).joined(separator: " ")
        }
    }

    @Test func onePatientsFolder() throws {
        let found = try discover(["p7/T1.nii.gz", "p7/FLAIR.nii", "p7/brainmask.nii.gz", "p7/notes.txt"], at: "p7")
        #expect(summary(found) == ["p7: T1 FLAIR mask"])
    }

    @Test func folderOfPatientsIsSorted() throws {
        let found = try discover(["b/t1.nii", "a/t2.nii", "c/flair.nii", "c/seg.nii", "README.txt", ".hidden/t1.nii"])
        #expect(summary(found) == ["a: T2", "b: T1", "c: FLAIR lesion"])
    }

    @Test func gradesOfBraTS() throws {
        let found = try discover(["HGG/B18_1/B18_1_t1.nii", "HGG/B18_1/B18_1_t1ce.nii", "LGG/B18_2/B18_2_t2.nii"])
        #expect(summary(found) == ["B18_1: T1 T1Gd", "B18_2: T2"])
    }

    @Test func sameNameInTwoPlacesGetsTheFoldersName() throws {
        let found = try discover(["siteA/p1/T1.nii", "siteB/p1/T1.nii", "siteB/p2/T1.nii"])
        #expect(found.map(\.name) == ["p2", "siteA_p1", "siteB_p1"])
    }

    @Test func casesForTrainingAndTestingKeepTheirNames() throws {
        let files = ["imagesTr/c1_0000.nii.gz", "imagesTr/c2_0000.nii.gz", "imagesTs/c1_0000.nii.gz"]
        #expect(try discover(files).map(\.name) == ["c2", "imagesTr_c1", "imagesTs_c1"])
    }

    @Test func bidsWithAndWithoutSessions() throws {
        let files = [
            "dataset_description.json", "sub-02/ses-b/anat/sub-02_ses-b_T1w.nii.gz",
            "sub-02/ses-a/anat/sub-02_ses-a_FLAIR.nii.gz", "sub-01/anat/sub-01_T1w.nii.gz",
            "sub-01/anat/sub-01_ce-gd_T1w.nii.gz", "sub-01/func/sub-01_bold.nii.gz", "derivatives/x/T1.nii.gz",
        ]
        let expected = ["sub-01: T1 T1Gd", "sub-02_ses-a: FLAIR", "sub-02_ses-b: T1"]
        #expect(summary(try discover(files)) == expected)
        #expect(summary(try discover(files, layout: .bids)) == expected)
        #expect(summary(try discover(files, at: "sub-02")) == Array(expected[1...]))
        let first = try #require(try discover(files).first)
        #expect(first.bids?.subject == "sub-01" && first.bids?.session == nil)
    }

    @Test func nnunetFolders() throws {
        let files = [
            "imagesTr/BRATS_002_0000.nii.gz", "imagesTr/BRATS_001_0003.nii.gz", "imagesTr/BRATS_001_0001.nii.gz",
            "labelsTr/BRATS_001.nii.gz",
        ]
        let expected = ["BRATS_001: T1Gd FLAIR lesion", "BRATS_002: T1"]
        #expect(summary(try discover(files)) == expected)
        #expect(summary(try discover(files, at: "imagesTr")) == expected)
        #expect(summary(try discover(files, layout: .nnunet)) == expected)
    }

    @Test func twoFilesForOneContrastNameBothAndTheRemedy() throws {
        let files = ["p/T2.nii.gz", "p/T2w_run-2.nii.gz", "p/T1.nii", "q/T1.nii"]
        let problem = try #require(try discover(files).first?.problem)
        #expect(problem.code == .ambiguous)
        for part in ["p/T2.nii.gz", "p/T2w_run-2.nii.gz", "--pattern T2="] { #expect(problem.message.contains(part)) }
        let solved = try discover(files, patterns: [FilePattern(role: "T2", glob: "*run-2*")])
        #expect(summary(solved) == ["p: T1 T2", "q: T1"])
        #expect(solved.allSatisfy { $0.problem == nil })
    }

    @Test func badNeighboursAreListedWithTheirProblem() throws {
        let found = try discover(["good/T1.nii", "strange/scan.nii", "empty/"])
        #expect(found.map(\.name) == ["empty", "good", "strange"])
        #expect(found.map { $0.problem?.code } == [.noPatient, nil, .noPatient])
    }

    @Test func resultsAreNoPatients() throws {
        let files = [
            "p/T1.nii", "out/p/p_FLAIR_imputed.nii.gz", "results/run.json",
            "results/q/q_T2_imputed.nii.gz", "p/p_T2_imputed.nii.gz",
        ]
        #expect(summary(try discover(files, excluding: "out").filter { $0.problem == nil }) == ["p: T1"])
        #expect(!(try discover(files, excluding: "results").contains { $0.name == "q" || $0.name == "results" }))
    }

    @Test func linksAreFollowedAndCirclesEnd() throws {
        let found = try discover(["store/x/T1.nii.gz", "store/x/T2.nii.gz"], at: "cohort") { root in
            let manager = FileManager.default
            try manager.createDirectory(at: root.appending(path: "cohort/p2"), withIntermediateDirectories: true)
            try manager.createSymbolicLink(
                at: root.appending(path: "cohort/p1"), withDestinationURL: root.appending(path: "store/x"))
            try manager.createSymbolicLink(
                at: root.appending(path: "cohort/p2/FLAIR.nii.gz"),
                withDestinationURL: root.appending(path: "store/gone.nii.gz"))
            try manager.createSymbolicLink(
                at: root.appending(path: "cohort/p2/back"), withDestinationURL: root.appending(path: "cohort"))
        }
        #expect(summary(found) == ["p1: T1 T2", "p2: FLAIR"])
    }

    @Test(arguments: [
        ([String](), "", "holds no NIfTI file"), (["a/"], "", "holds no NIfTI file"),
        (["scan.nii.gz"], "", "scan.nii.gz"), (["a/x.nii", "b/y.nii"], "", "is recognised as T1, T1Gd, T2, FLAIR"),
        (["T1.nii"], "missing", "no such folder"), (["T1.nii"], "T1.nii", "is a file"),
    ])
    func nothingToStartWith(_ files: [String], _ sub: String, _ says: String) {
        let error = #expect(throws: CollaGANError.self) { try discover(files, at: sub) }
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("\n") == false)
    }
}
