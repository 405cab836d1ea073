import Files
import Foundation
import Patients
import Testing

/// JSON files beside images: which contradict the name, and which are none of our business.
struct SidecarTests {
    private func remarks(_ image: String, _ json: String, others: [String] = ["p/T1_3D.nii.gz"]) throws -> [String] {
        let stem = image.replacing(".nii.gz", with: "")
        let tree = try FileTree(["p/\(image)", "p/\(stem).json = \(json)", "q/T1.nii"] + others)
        let patient = try #require(try tree.search().patients.first)
        return patient.remarks.filter { $0.kind == .contradictingSidecar }.map(\.text)
    }

    @Test(
        "sidecars that contradict the name",
        arguments: [
            ("T2.nii.gz", #"{"InversionTime": 2.5, "EchoTime": 0.12, "RepetitionTime": 9}"#, "says FLAIR"),
            ("T2.nii.gz", #"{"InversionTime": 2500, "EchoTime": 120, "RepetitionTime": 9000}"#, "says FLAIR"),
            ("sub-1_T2w.nii.gz", #"{"EchoTime": 0.003, "RepetitionTime": 2.3, "InversionTime": 0.9}"#, "says T1"),
            ("FLAIR.nii.gz", #"{"EchoTime": 0.1, "RepetitionTime": 4.0}"#, "says T2"),
            ("T2.nii.gz", #"{"EchoTime": 0.01, "RepetitionTime": 0.6}"#, "says T1"),
            ("T1w.nii.gz", #"{"EchoTime": 0.09, "RepetitionTime": 5}"#, "says T2"),
            ("T1w.nii.gz", #"{"ContrastBolusIngredient": "GADOLINIUM"}"#, "says T1Gd"),
            ("T1w.nii.gz", #"{"ContrastBolusAgent": "Gadovist", "SeriesDescription": "t1"}"#, "agent 'Gadovist'"),
            ("T1w.nii.gz", #"{"SeriesDescription": "AX T1 POST"}"#, "SeriesDescription 'AX T1 POST'"),
            ("T1Gd.nii.gz", #"{"SeriesDescription": "AX T1 PRE CONTRAST"}"#, "says T1 ("),
            ("T2.nii.gz", #"{"SeriesDescription": "t2_tirm_tra_dark-fluid"}"#, "says FLAIR"),
            ("T2.nii.gz", #"{"SeriesDescription": "t2_fl2d_tra_hemo"}"#, "says another sequence"),
        ])
    func contradictions(_ image: String, _ json: String, _ says: String) throws {
        let found = try remarks(image, json, others: [])
        #expect(found.count == 1 && found.allSatisfy { $0.contains(says) && $0.contains(image) }, "\(found)")
    }

    @Test(
        "sidecars that agree, say nothing or are hostile",
        arguments: [
            ("T2.nii.gz", #"{"EchoTime": 0.1, "RepetitionTime": 4, "ContrastBolusIngredient": "GADOLINIUM"}"#),
            ("FLAIR.nii.gz", #"{"EchoTime": 0.1, "RepetitionTime": 9, "InversionTime": 2.5}"#),
            ("FLAIR.nii.gz", #"{"EchoTime": 0.1, "RepetitionTime": 9, "ContrastBolusAgent": "gd"}"#),
            (
                "FLAIR.nii.gz",
                #"{"SeriesDescription": "t2_spc_ir", "InversionTime": 1.8, "EchoTime": 0.4, "RepetitionTime": 5}"#
            ),
            (
                "T1w.nii.gz",
                #"{"EchoTime": 0.003, "RepetitionTime": 2.3, "InversionTime": 0.9, "ContrastBolusAgent": "none"}"#
            ),
            ("T1w.nii.gz", #"{"EchoTime": 0.03, "RepetitionTime": 2.3}"#),
            ("T1Gd.nii.gz", #"{"EchoTime": 0.01, "RepetitionTime": 0.6, "SeriesDescription": "t1_se_tra"}"#),
            ("T1Gd.nii.gz", #"{"ContrastBolusIngredient": "GADOLINIUM", "SeriesDescription": "T1 MPRAGE"}"#),
            (
                "T2.nii.gz",
                #"{"EchoTime": "0.003", "RepetitionTime": [1], "InversionTime": {"a": 1}, "SeriesDescription": 7}"#
            ),
            ("T2.nii.gz", #"{"EchoTime": -1, "RepetitionTime": 1e400, "InversionTime": null}"#),
            ("T2.nii.gz", "not JSON"), ("T2.nii.gz", "[]"), ("T2.nii.gz", ""),
            ("T2.nii.gz", String(repeating: "[", count: 100_000)),
            (
                "T2.nii.gz",
                #"{"InversionTime": 2.5, "EchoTime": 0.12, "RepetitionTime": 9, "x": ""#
                    + String(repeating: "x", count: 2 << 20) + #""}"#
            ),
        ])
    func noContradiction(_ image: String, _ json: String) throws {
        #expect(try remarks(image, json, others: []) == [])
    }

    @Test func aPipeForASidecarIsLeftAlone() throws {
        let tree = try FileTree(["p/T2.nii.gz", "q/T1.nii"])
        #expect(mkfifo(tree.root.appending(path: "p/T2.json").path, 0o600) == 0)
        #expect(try tree.search().patients.map(\.name) == ["p", "q"])
    }

    @Test func theRemarkIsOneLineWhateverTheSidecarHolds() throws {
        let found = try remarks("T2.nii.gz", #"{"SeriesDescription": "FLAIR\n\u0000\u001b[31m"}"#, others: [])
        #expect(found.count == 1 && found[0].contains("\n") == false, "\(found)")
    }
}
