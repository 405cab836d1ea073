import Foundation
import Testing

/// One folder of results, several runs.
struct OutputFolderTests {
    private func patients(_ count: Int, _ contrasts: [String] = ["T1", "T1Gd", "T2"]) throws -> Workplace {
        let work = try Workplace()
        for number in 1...count {
            try Phantom.write(contrasts, to: work.root.appending(path: "in/p\(number)"), seed: number)
        }
        return work
    }

    private func command(_ name: String, _ work: Workplace, _ more: [String] = [], out: String = "out") -> [String] {
        [name, work.path("in"), "--model", work.model, "--out", work.path(out)] + more
    }

    /// `p.yaml`: all patients, what the network sees among the results.
    private func writePipeline(_ work: Workplace, into folder: String) throws {
        let definition = """
            input: {patients: in}
            model: {file: tiny.safetensors}
            outputs: {folder: \(folder), preprocessed: true}
            """
        try Data(definition.utf8).write(to: work.root.appending(path: "p.yaml"))
    }

    private func expectRefusal(_ run: CLI, _ says: String, status: Int32 = 2) {
        #expect(run.status == status, "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1 && run.errors.contains(says), "\(run.errors)")
    }

    @Test func secondRunIntoTheSameFolderIsRefusedAndHarmsNothing() throws {
        let work = try patients(12)
        let first = try CLI(command("evaluate", work), at: "p1: done") { process in
            try CLI.suspend(process)
            defer { kill(process, SIGCONT) }
            expectRefusal(
                try CLI(command("evaluate", work)), "another run is writing into \(work.path("out"))", status: 75)
        }
        #expect(first.status == 0, "\(first.errors)")
        #expect(try work.statuses("out").values.allSatisfy { $0 == "done" })
        #expect(try CLI(command("evaluate", work, out: "whole")).status == 0)
        #expect(work.files("out") == work.files("whole"))
    }

    @Test(arguments: ["impute", "preprocess"], ["in", "in/p1", "link"])
    func aFolderThatHoldsInputsTakesNoResults(_ name: String, _ out: String) throws {
        let work = try patients(1)
        try FileManager.default.createSymbolicLink(atPath: work.path("link"), withDestinationPath: work.path("in"))
        let before = work.files("in")
        expectRefusal(try CLI(command(name, work, out: out)), "give an --out folder of its own")
        #expect(work.files("in") == before)
    }

    @Test func resultsAmongThePatientsOfAPipelineAreNoPatients() throws {
        let work = try patients(1)
        try writePipeline(work, into: "in/out")
        for status in ["done", "skipped"] {
            let run = try CLI(["run", work.path("p.yaml")])
            #expect(run.status == 0 && run.errorLines.isEmpty, "\(run.errors)")
            #expect(try work.statuses("in/out") == ["p1": status])
            #expect(try work.statuses("in/out/preprocessed") == ["p1": status])
        }
        #expect(!work.exists("in/out/.collagan.lock") && !work.exists("in/out/preprocessed/.collagan.lock"))
    }

    /// Moved away, as by an unmounted share; with another folder of that name in its place.
    @Test(arguments: [false, true])
    func aFolderThatGoesEndsTheRunAndIsNotMadeAgain(_ isReplaced: Bool) throws {
        let (work, run) = try CLI.caught(from: 5) { count in
            let work = try patients(count)
            let run = try CLI(command("evaluate", work), at: "p1: done") { process in
                try CLI.suspend(process)
                defer { kill(process, SIGCONT) }
                try FileManager.default.moveItem(atPath: work.path("out"), toPath: work.path("moved"))
                guard isReplaced else { return }
                try FileManager.default.createDirectory(atPath: work.path("out"), withIntermediateDirectories: true)
                try Data("mine".utf8).write(to: work.root.appending(path: "out/.collagan.lock"))
            }
            return (work, run)
        }
        #expect(run.status == 2)
        #expect(run.errorLines.count == 1 && run.errorLines[0].contains("put it back and run again"), "\(run.errors)")
        #expect(work.exists("out") == isReplaced && work.files("out") == (isReplaced ? [".collagan.lock"] : []))
        try? FileManager.default.removeItem(atPath: work.path("out"))
        try FileManager.default.moveItem(atPath: work.path("moved"), toPath: work.path("out"))
        #expect(try CLI(command("evaluate", work)).status == 0)
        #expect(try work.statuses("out").values.allSatisfy { $0 == "done" || $0 == "skipped" })
        #expect(work.files("out").allSatisfy { !$0.contains(".partial") && !$0.contains(".lock") })
    }

    /// Results go through no link: what lies there may be inputs.
    @Test(arguments: ["impute", "preprocess"])
    func aLinkInTheFolderIsNotWrittenThrough(_ name: String) throws {
        let work = try patients(2)
        try Data("mine".utf8).write(to: work.root.appending(path: "in/p1/report.html"))
        try FileManager.default.createDirectory(atPath: work.path("out"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: work.path("out/p1"), withDestinationPath: work.path("in/p1"))
        let before = work.files("in")
        let run = try CLI(command(name, work))
        #expect(run.status == 1 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errorLines[0].contains("out/p1: is a link"))
        #expect(work.files("in") == before)
        #expect(try work.data("in/p1/report.html") == Data("mine".utf8))
        #expect(try work.statuses("out") == ["p1": "failed", "p2": "done"])
        let entries = try work.json("out/run.json")["patients"] as? [[String: Any]] ?? []
        #expect(
            entries.first { $0["name"] as? String == "p1" }?["files"] as? [String] == [], "nothing there is the run's")
    }

    @Test func aPatientThatFailsInPreprocessingAloneEndsThePipelineWithOne() throws {
        let work = try patients(2)
        try writePipeline(work, into: "out")
        try FileManager.default.createDirectory(
            atPath: work.path("out/preprocessed"), withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: work.root.appending(path: "out/preprocessed/p1"))
        let run = try CLI(["run", work.path("p.yaml")])
        #expect(run.status == 1 && run.errorLines.count == 1, "\(run.errors)")
        #expect(try work.statuses("out") == ["p1": "done", "p2": "done"])
        #expect(try work.statuses("out/preprocessed") == ["p1": "failed", "p2": "done"])
    }

    @Test func runThatCannotKeepItsManifestEndsWithoutLeftovers() throws {
        let ((work, count), run) = try CLI.caught(from: 5) { count in
            let work = try patients(count)
            let run = try CLI(command("evaluate", work), at: "p1: done") { process in
                try CLI.suspend(process)
                defer { kill(process, SIGCONT) }
                try FileManager.default.removeItem(atPath: work.path("out/run.json"))
                try FileManager.default.createDirectory(
                    atPath: work.path("out/run.json/x"), withIntermediateDirectories: true)
            }
            return ((work, count), run)
        }
        #expect(run.status == 2)
        #expect(run.errorLines.count == 1 && run.errorLines[0].contains("run.json: cannot be written"), "\(run.errors)")
        #expect(work.exists("out/p1/metrics.json"))
        #expect(
            run.errorLines[0].contains("of \(count) patients were done; the same command finishes the rest"),
            "\(run.errors)")
        #expect(!work.exists("out/p\(count)"))
        let hidden = try FileManager.default.contentsOfDirectory(atPath: work.path("out")).filter { $0.hasPrefix(".") }
        #expect(hidden == [])
    }

    @Test(arguments: ["impute", "preprocess", "run", "train"])
    func lockedFolderIsRefused(_ name: String) throws {
        let work = try patients(1)
        try writePipeline(work, into: "out")
        try FileManager.default.createDirectory(atPath: work.path("out"), withIntermediateDirectories: true)
        let configuration = "crop: {height: 96, width: 96}\nsteps: 1\nngf: 4"
        try Data(configuration.utf8).write(to: work.root.appending(path: "c.yaml"))
        let lock = open(work.path("out/.collagan.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        #expect(flock(lock, LOCK_EX) == 0)
        let arguments =
            switch name {
            case "train": [name, work.path("in"), "--config", work.path("c.yaml"), "--out", work.path("out")]
            case "run": [name, work.path("p.yaml")]
            default: command(name, work)
            }
        expectRefusal(try CLI(arguments), "another run is writing into", status: 75)
        #expect(work.files("out") == [".collagan.lock"])
        close(lock)
        if name != "train" {
            #expect(try CLI(arguments).status == 0)
            #expect(!work.exists("out/.collagan.lock"))
        }
    }

    @Test func killedRunIsFinishedByTheNextWithTheSameBytes() throws {
        let (work, killed) = try CLI.caught(from: 5) { count in
            let work = try patients(count)
            return (work, try CLI(command("evaluate", work), interruptedAt: "p1: done", by: SIGKILL))
        }
        #expect(killed.status == SIGKILL)
        #expect(work.exists("out/p1/metrics.json"))
        // What a process killed while it writes leaves besides.
        try Data("half".utf8).write(to: work.root.appending(path: "out/.collagan-x.nii.gz"))
        let resumed = try CLI(command("evaluate", work))
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try work.statuses("out")["p1"] == "skipped")
        #expect(try CLI(command("evaluate", work, out: "whole")).status == 0)
        #expect(work.files("out") == work.files("whole"))
        for file in work.files("out") where file.contains("/") || file == "metrics.csv" {
            #expect(try work.data("out/\(file)") == work.data("whole/\(file)"), "\(file)")
        }
    }

    @Test func targetsOfSeveralRunsAddUp() throws {
        let work = try patients(1)
        for target in ["T1", "T2"] {
            #expect(try CLI(command("evaluate", work, ["--targets", target])).status == 0)
            #expect(try work.statuses("out") == ["p1": "done"])
        }
        #expect(try CLI(command("evaluate", work, ["--targets", "T1"])).status == 0)
        #expect(try work.statuses("out") == ["p1": "skipped"])
        #expect(try CLI(command("evaluate", work, ["--targets", "T1", "T2"], out: "both")).status == 0)
        #expect(work.files("out") == work.files("both"))
        #expect(work.exists("out/p1/p1_T1_imputed.nii.gz") && work.exists("out/p1/p1_T2_imputed.nii.gz"))
        for file in work.files("both") where file.contains("/") || file == "metrics.csv" {
            #expect(try work.data("out/\(file)") == work.data("both/\(file)"), "\(file)")
        }
    }

    @Test func resultsOfAnotherCommandStay() throws {
        let work = try patients(1)
        #expect(try CLI(command("impute", work)).status == 0)
        let before = work.files("out")
        let manifest = try work.data("out/run.json")
        for other in ["evaluate", "preprocess"] {
            expectRefusal(try CLI(command(other, work)), "holds the results of 'impute'")
        }
        #expect(work.files("out") == before)
        #expect(try work.data("out/run.json") == manifest)
        #expect(try CLI(command("evaluate", work, ["--overwrite"])).status == 0)
        #expect(!work.exists("out/p1/p1_FLAIR_imputed.nii.gz") && work.exists("out/p1/p1_T1_imputed.nii.gz"))
    }

    @Test(arguments: ["impute", "preprocess"])
    func patientThatFailsNowLosesItsOldResults(_ name: String) throws {
        let work = try patients(2)
        #expect(try CLI(command(name, work)).status == 0)
        let kept = work.files("out").filter { !$0.hasPrefix("p1/") }
        try work.data("in/p1/T2.nii.gz").prefix(2000).write(to: work.root.appending(path: "in/p1/T2.nii.gz"))
        #expect(try CLI(command(name, work)).status == 1)
        #expect(try work.statuses("out") == ["p1": "failed", "p2": "skipped"])
        #expect(work.files("out") == kept)
        #expect(!work.exists("out/p1"))
    }

    @Test func recordsCannotNameFilesOutside() throws {
        let work = try patients(1)
        #expect(try CLI(command("impute", work)).status == 0)
        var record = try work.json("out/p1/metrics.json")
        record["files"] = ["../in/p1/T1.nii.gz", work.path("in/p1/T1Gd.nii.gz"), "p1/metrics.json"]
        try JSONSerialization.data(withJSONObject: record).write(to: work.root.appending(path: "out/p1/metrics.json"))
        try Data().write(to: work.root.appending(path: "in/p1/T2.nii.gz"))
        #expect(try CLI(command("impute", work)).status == 1)
        #expect(work.files("in").count == 3)
    }
}
