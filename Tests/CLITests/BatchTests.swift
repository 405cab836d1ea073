import Foundation
import Testing

/// A messy archive: what is good is done as if it were alone, what is bad fails with its own reason.
struct BatchTests {
    @Test func fortyPatientsFifteenOfThemBroken() throws {
        let work = try Workplace()
        let good = (1...25).map { "p\($0)" }
        for (number, name) in good.enumerated() {
            let lacks = ["FLAIR", "T1Gd", "T1"][number % 3]
            try Phantom.write(
                ["T1", "T1Gd", "T2", "FLAIR"].filter { $0 != lacks }, to: work.root.appending(path: "in/\(name)"),
                seed: number)
        }
        for kind in BrokenPatients.reasons.keys {
            let folder = work.root.appending(path: "in/\(kind)")
            try Phantom.write(["T1", "T1Gd", "T2"], to: folder)
            try BrokenPatients.spoil(kind, folder)
        }
        func impute(_ patients: String, _ out: String) throws -> CLI {
            try CLI([
                "impute", work.path(patients), "--out", work.path(out), "--model", work.model, "--threads", "1",
            ])
        }
        let run = try impute("in", "out")
        #expect(run.status == 1)
        #expect(run.output.contains("25 done, 0 skipped, 15 failed"), "\(run.output)")
        let statuses = try work.statuses("out")
        #expect(good.allSatisfy { statuses[$0] == "done" } && statuses.count == 40)
        for (kind, says) in BrokenPatients.reasons {
            let line = try #require(run.errorLines.first { $0.hasPrefix("error: \(kind): ") }, "\(kind)")
            #expect(line.contains(says), "\(line)")
            #expect(statuses[kind] == "failed" && !work.exists("out/\(kind)"))
        }
        #expect(Set(run.errorLines).count == 15)
        let rows = CSVFile(try work.data("out/metrics.csv")).rows
        #expect(Set(rows.compactMap { $0["patient"] }) == Set(good))

        for name in good {
            #expect(try impute("in/\(name)", "alone/\(name)").status == 0)
            let files = work.files("out/\(name)")
            #expect(files == work.files("alone/\(name)/\(name)") && files.count == 4)
            for file in files {
                #expect(
                    try work.data("out/\(name)/\(file)") == work.data("alone/\(name)/\(name)/\(file)"),
                    "\(name)/\(file)")
            }
        }
    }

    /// Nothing is missing by name, but one file is no image.
    @Test(arguments: ["empty", "pointer", "dangling"]) func aCompletePatientWithABrokenContrastFails(_ kind: String)
        throws
    {
        let work = try Workplace()
        for name in ["good", "bad"] {
            try Phantom.write(["T1", "T1Gd", "T2", "FLAIR"], to: work.root.appending(path: "in/\(name)"))
        }
        let file = work.path("in/bad/FLAIR.nii.gz")
        try FileManager.default.removeItem(atPath: file)
        switch kind {
        case "empty": try Data().write(to: URL(filePath: file))
        case "pointer": try Data("version https://git-lfs.github.com/spec/v1\n".utf8).write(to: URL(filePath: file))
        default:
            try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: work.path("nowhere"))
        }
        let arguments = ["impute", work.path("in"), "--out", work.path("out"), "--model", work.model]
        let plan = try CLI(arguments + ["--plan", "--json"])
        let run = try CLI(arguments)
        #expect(plan.status == 1 && run.status == 1, "\(run.errors)")
        #expect(run.errorLines.count == 1 && run.errorLines[0].contains("bad/FLAIR.nii.gz"), "\(run.errors)")
        #expect(try work.statuses("out") == ["bad": "failed", "good": "skipped"])
    }

    /// Stopped in the middle of a run of so many patients that the last ones have not begun, however late the stop comes.
    @Test func filesAboutTheRunAreTrueWhileItRuns() throws {
        var (count, isCaught) = (12, false)
        while !isCaught, count <= 12 << 6 {
            isCaught = try isTrueWhileItRuns(count)
            count *= 4
        }
        #expect(isCaught, "the runs were over before they could be stopped")
    }

    /// - Returns: false where the run was nearly over when it stood still, so that nothing can be said.
    private func isTrueWhileItRuns(_ count: Int) throws -> Bool {
        let work = try Workplace()
        for number in 1...count {
            try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p\(number)"), seed: number)
        }
        try BrokenPatients.spoil("cut", work.root.appending(path: "in/p2"))
        let arguments = ["evaluate", work.path("in"), "--model", work.model, "--out", work.path("out"), "--no-subsets"]
        var areWaiting = true
        func lookInside(_ process: pid_t, _ look: ([String: String]) throws -> Void) throws {
            try CLI.suspend(process)
            defer { kill(process, SIGCONT) }
            let statuses = try work.statuses("out")
            areWaiting = areWaiting && statuses["p\(count)"] == "pending"
            if areWaiting { try look(statuses) }
        }
        func patientsWithRows() throws -> (names: Set<String>, rows: Int) {
            let rows = CSVFile(try work.data("out/metrics.csv")).rows
            return (Set(rows.compactMap { $0["patient"] }), rows.count)
        }
        let run = try CLI(arguments, at: "p3: done") { process in
            try lookInside(process) { statuses in
                let manifest = try work.json("out/run.json")
                #expect(manifest["state"] as? String == "running")
                let done = statuses.filter { $0.value == "done" }.keys.sorted()
                #expect(done.contains("p1") && done.contains("p3") && statuses["p2"] == "failed")
                // Rows come first: those of one patient more may be there already.
                let (names, rows) = try patientsWithRows()
                #expect(names.isSuperset(of: done) && names.count <= done.count + 1 && rows == 3 * names.count)
                let page = String(decoding: try work.data("out/report.html"), as: UTF8.self)
                #expect(page.contains("Not finished"))
            }
        }
        #expect(run.status == 1)
        #expect(!String(decoding: try work.data("out/report.html"), as: UTF8.self).contains("Not finished"))
        // A second run shows what is there before it has looked at it, and only then what it says of it.
        let again = try CLI(arguments + ["--overwrite"], at: "p1: done") { process in
            try lookInside(process) { _ in
                let all = Set((1...count).map { "p\($0)" }).subtracting(["p2"])
                let names = try patientsWithRows().names
                #expect(names == all)
            }
        }
        #expect(again.status == 1)
        return areWaiting
    }

    @Test func namesThatCollideWithTheRunsFilesFailAlone() throws {
        let work = try Workplace()
        let long = String(repeating: "x", count: 250)
        for name in ["run.json", "report.html", long, "fine", "taken", "ünï códé"] {
            try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/\(name)"))
        }
        try FileManager.default.createDirectory(atPath: work.path("out"), withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: work.root.appending(path: "out/taken"))
        let run = try CLI(["impute", work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 1, "\(run.errors)")
        let statuses = try work.statuses("out")
        #expect(statuses["fine"] == "done" && statuses["ünï códé"] == "done")
        #expect(statuses.values.count { $0 == "failed" } == 4, "\(statuses)")
        #expect(run.errorLines.contains { $0.contains("run.json: ") && $0.contains("rename the patient's folder") })
        #expect(run.errorLines.contains { $0.contains("is too long") })
        #expect(
            run.errorLines.contains { $0.hasPrefix("error: taken: ") && $0.contains("something else has this name") })
        #expect(String(decoding: try work.data("out/taken"), as: UTF8.self) == "mine")
    }
}
