import Foundation
import Testing

struct InterruptionTests {
    @Test func interruptedRunFinishesLaterWithTheSameResult() throws {
        func arguments(_ work: Workplace, _ out: String) -> [String] {
            ["evaluate", work.path("in"), "--model", work.model, "--out", work.path(out)]
        }
        let ((work, count), stopped) = try CLI.caught(from: 6) { count in
            let work = try Workplace()
            for number in 1...count {
                try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p\(number)"), seed: number)
            }
            return ((work, count), try CLI(arguments(work, "out"), interruptedAt: "p1: done"))
        }
        #expect(stopped.status == 130)
        #expect(stopped.errors.contains("run the same command again"))
        let manifest = try work.json("out/run.json")
        #expect(manifest["state"] as? String == "interrupted")
        let statuses = try work.statuses("out")
        #expect(statuses["p1"] == "done")
        #expect(statuses.count == count && statuses.values.allSatisfy { $0 == "done" || $0 == "pending" })
        for (patient, status) in statuses { #expect(work.exists("out/\(patient)/metrics.json") == (status == "done")) }
        #expect(work.files("out").allSatisfy { !$0.contains(".partial") })

        let resumed = try CLI(arguments(work, "out"))
        #expect(resumed.status == 0)
        #expect(try work.statuses("out")["p1"] == "skipped")
        let whole = try CLI(arguments(work, "whole"))
        #expect(whole.status == 0)
        #expect(work.files("out") == work.files("whole"))
        for file in work.files("out") where file.contains("/") || file == "metrics.csv" {
            #expect(try work.data("out/\(file)") == work.data("whole/\(file)"), "\(file)")
        }
    }

    @Test func leftoversOfAKilledRunAreCleared() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p1"))
        let leftover = work.path("out/.collagan-p1.partial/p1")
        try FileManager.default.createDirectory(atPath: leftover, withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(filePath: leftover + "/p1_FLAIR_imputed.nii.gz"))
        let run = try CLI(["impute", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 0)
        #expect(!work.exists("out/.collagan-p1.partial"))
    }
}
