import Foundation
import Testing

/// What commands print for people.
struct SummaryTests {
    @Test func modelInfoShowsTheSelfCheckReference() throws {
        let work = try Workplace()
        #expect(try CLI(["model", "info", work.model]).output.contains("usual NMSE of the self-check: not known"))
        let usual =
            #"[{"target": 3, "contrast": 0, "nmse": 0.0125}, {"target": 3, "contrast": 2, "nmse": 0.05}, "#
            + #"{"target": 0, "contrast": 3, "nmse": 0.25}]"#
        let model = try work.model(with: ["selfCheck": usual])
        let text = try CLI(["model", "info", model]).output
        #expect(
            text.contains("usual NMSE of the self-check: T1 imputed: FLAIR 0.25; FLAIR imputed: T1 0.0125, T2 0.05"))
        let json = try CLI(["model", "info", model, "--json"]).json()
        #expect(
            json["selfCheck"] as? [String: [String: Double]] == [
                "FLAIR": ["T1": 0.0125, "T2": 0.05], "T1": ["FLAIR": 0.25],
            ]
        )
    }

    @Test func evaluationTableIsAlignedAndNamesTheCopy() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "in/p")
        try Phantom.write(["T1", "T2"], to: folder)
        try FileManager.default.copyItem(
            at: folder.appending(path: "T2.nii.gz"), to: folder.appending(path: "T1Gd.nii.gz"))
        let run = try CLI(["evaluate", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 0, "\(run.errors)")
        let parts = run.output.split(separator: "\n", omittingEmptySubsequences: false).split(separator: "")
        let table = try #require(parts.first).map(String.init)
        #expect(table[0] == "contrast  method          NMSE    SSIM  PSNR  NMSE after gain  SSIM after gain")
        // The last letter of each number stands below the last letter of its heading.
        #expect(table.allSatisfy { $0.count == table[0].count }, "\(run.output)")
        #expect(table.contains { $0.hasPrefix("T2        copy of T1Gd  0.0000   1.000     –") }, "\(run.output)")
        #expect(table.contains { $0.hasPrefix("T1Gd      copy of T2    0.0000") }, "\(run.output)")
        let gains = try #require(parts.dropFirst().first).map(String.init)
        #expect(parts.count == 3 && gains.count == 5, "\(run.output)")
        #expect(gains[0].hasPrefix("NMSE saved by each input"))
        #expect(
            gains[1...].allSatisfy { $0.count == gains[1].count } && gains[2].hasPrefix("T1             –"),
            "\(run.output)")

        // Two patients whose best copies differ.
        let other = work.root.appending(path: "in/q")
        try Phantom.write(["T1", "T1Gd"], to: other)
        try FileManager.default.copyItem(
            at: other.appending(path: "T1.nii.gz"), to: other.appending(path: "T2.nii.gz"))
        let both = try CLI(["evaluate", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(both.output.contains("T2        best copy"), "\(both.output)")
    }

    @Test func intensitiesWithoutAnyNumberAreNull() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "p")
        try Phantom.writeNaN("T1", to: folder)
        let run = try CLI(["inspect", work.path("p/T1.nii.gz"), "--json"])
        #expect(run.status == 1)
        #expect(!run.output.contains("\"nan\"") && run.output.contains("notFinite"))
    }
}
