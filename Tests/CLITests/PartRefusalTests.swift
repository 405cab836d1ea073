import Foundation
import Testing

/// What parts do not do with a folder, and what `collect` does not believe.
struct PartRefusalTests {
    private func archive(_ count: Int = 2) throws -> Workplace {
        let work = try Workplace()
        for number in 1...count {
            try Phantom.write(
                ["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p\(number)"), seed: number,
                grid: Phantom.thinGrid)
        }
        return work
    }

    private func arguments(_ work: Workplace, _ more: [String] = [], command: String = "impute") -> [String] {
        [command, work.path("in"), "--model", work.model, "--out", work.path("out")] + more
    }

    private func expectRefusal(_ run: CLI, _ says: String, status: Int32 = 2) {
        #expect(run.status == status, "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1 && run.errors.contains(says), "\(run.errors)")
    }

    /// Takes a lock as another process would.
    private func locked(_ path: String, _ kind: Int32 = LOCK_EX) -> Int32 {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        #expect(flock(file, kind | LOCK_NB) == 0)
        return file
    }

    @Test func otherNumbersOfPartsAndOtherCommandsDoNotMix() throws {
        let work = try archive()
        #expect(try CLI(arguments(work, ["--part", "1/2"])).status == 0)
        let before = work.files("out")
        expectRefusal(try CLI(arguments(work, ["--part", "1/3"])), "give parts of 2, or remove")
        expectRefusal(try CLI(arguments(work, ["--part", "1/3", "--overwrite"])), "give parts of 2, or remove")
        expectRefusal(try CLI(arguments(work, ["--part", "1/3", "--plan"])), "give parts of 2, or remove")
        for more in [["--part", "2/2"], [], ["--participants", "p1"]] {
            expectRefusal(try CLI(arguments(work, more, command: "evaluate")), "holds the results of 'impute'")
        }
        #expect(work.files("out") == before)
        // Every part with --overwrite: until the last one has run, they are no one batch.
        let evaluate = { (part: String) in
            try CLI(arguments(work, ["--part", part, "--overwrite", "--no-subsets"], command: "evaluate"))
        }
        #expect(try CLI(arguments(work, ["--part", "2/2"])).status == 0)
        #expect(try evaluate("1/2").status == 0)
        expectRefusal(
            try CLI(["collect", work.path("out")]), "holds parts evaluate and impute, which are no one batch")
        #expect(try evaluate("2/2").status == 0)
        #expect(try CLI(["collect", work.path("out")]).status == 0)
        #expect(try work.json("out/run.json")["command"] as? String == "evaluate")
        // A run over all does away with the parts.
        #expect(try CLI(arguments(work, ["--overwrite"])).status == 0)
        #expect(!work.exists("out/.collagan") && !work.exists("out/.collagan.lock"))
        #expect(try CLI(arguments(work, ["--part", "1/3"])).status == 0)
    }

    @Test func whatAnotherProcessHoldsIsWaitedFor() throws {
        let work = try archive()
        #expect(try CLI(arguments(work, ["--part", "1/2"])).status == 0)
        let part = locked(work.path("out/.collagan/part-1-of-2.lock"))
        let folder = locked(work.path("out/.collagan.lock"), LOCK_SH)
        expectRefusal(
            try CLI(arguments(work, ["--part", "1/2"])), "is at work on part 1/2; wait for it, e.g. with --wait 10m",
            status: 75)
        expectRefusal(try CLI(arguments(work)), "another run is writing into", status: 75)
        expectRefusal(try CLI(["collect", work.path("out")]), "another run is writing into", status: 75)
        // The other part does not mind.
        #expect(try CLI(arguments(work, ["--part", "2/2"])).status == 0)
        let patient = try CLI(arguments(work, ["--part", "1/2", "--wait", "10m"]), at: "waiting: ") { _ in close(part) }
        #expect(patient.status == 0 && patient.errors.contains("process"), "\(patient.errors)")
        let collected = try CLI(["collect", work.path("out"), "--wait", "1h"], at: "waiting: ") { _ in close(folder) }
        #expect(collected.status == 0, "\(collected.errors)")
        let impatient = locked(work.path("out/.collagan.lock"))
        let run = try CLI(arguments(work, ["--part", "1/2", "--wait", "1s"]))
        #expect(run.status == 75 && run.errorLines.count == 1, "\(run.errors)")
        close(impatient)
    }

    @Test func collectNamesWhatIsMissing() throws {
        let work = try archive(9)
        for part in [1, 5, 9] { #expect(try CLI(arguments(work, ["--part", "\(part)/9"])).status == 0) }
        try FileManager.default.removeItem(atPath: work.path("out/p5/metrics.json"))
        try Data("{".utf8).write(to: work.root.appending(path: "out/.collagan/part-9-of-9.json"))
        let run = try CLI(["collect", work.path("out")])
        #expect(run.status == 1)
        for says in [
            "parts 2-4,6-8 of 9 never ran", "part 9 of 9 did not finish; run again",
            "p5: the record of its result is gone or damaged",
        ] {
            #expect(run.errorLines.count { $0.contains(says) } == 1, "\(run.errors)")
        }
        #expect(try work.statuses("out") == ["p1": "done", "p5": "failed"])
        let manifest = try work.json("out/run.json")
        #expect(manifest["state"] as? String == "incomplete")
        #expect((manifest["reason"] as? String)?.contains("parts 2-4,6-8 of 9 never ran") == true)
        let page = String(decoding: try work.data("out/report.html"), as: UTF8.self)
        #expect(page.contains("Not finished"))
        for part in 2...9 { #expect(try CLI(arguments(work, ["--part", "\(part)/9"])).status == 0) }
        #expect(try CLI(["collect", work.path("out")]).status == 0)
        #expect(Set(try work.statuses("out").keys) == Set((1...9).map { "p\($0)" }))
    }

    @Test func anotherModelIsNamed() throws {
        let work = try archive()
        #expect(try CLI(arguments(work, ["--part", "1/2"])).status == 0)
        let other = work.root.appending(path: "other")
        try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
        let model = try TinyModel.write(to: other, referenceScales: [1, 2, 3, 4])
        #expect(try CLI(arguments(work, ["--part", "2/2", "--model", model])).status == 0)
        let run = try CLI(["collect", work.path("out")])
        #expect(run.status == 1 && run.errors.contains("of 2 had another model; run again"), "\(run.errors)")
    }

    /// A journal is data: what it names outside is not looked at.
    @Test func journalsCannotNameFoldersOutside() throws {
        let work = try archive(1)
        #expect(try CLI(arguments(work, ["--part", "1/1"])).status == 0)
        let path = "out/.collagan/part-1-of-1.json"
        let text = String(decoding: try work.data(path), as: UTF8.self)
        let changed = text.replacingOccurrences(of: #""name" : "p1""#, with: #""name" : "../in/p1""#)
        #expect(changed != text)
        try Data(changed.utf8).write(to: work.root.appending(path: path))
        expectRefusal(try CLI(["collect", work.path("out")]), "cannot be read; run the parts again")
    }

    @Test func whereThereAreNoPartsNothingIsCollected() throws {
        let work = try archive(1)
        expectRefusal(try CLI(["collect", work.path("gone")]), "holds no parts")
        #expect(!work.exists("gone"))
        #expect(try CLI(arguments(work)).status == 0)
        let before = work.files("out")
        expectRefusal(try CLI(["collect", work.path("out")]), "holds no parts")
        #expect(work.files("out") == before)
    }

    @Test func namesThatAreNobodysAreRefused() throws {
        let work = try archive()
        try Data("\n# nobody\n".utf8).write(to: work.root.appending(path: "empty.txt"))
        for (names, says) in [
            (["p1", "p7"], "holds no patient 'p7'; there are 'p1', 'p2'"),
            (["@" + work.path("none.txt")], "is no list of participants"),
            (["@" + work.path("empty.txt")], "names no participant"),
        ] {
            expectRefusal(try CLI(arguments(work, ["--participants"] + names)), says)
        }
        #expect(!work.exists("out"))
    }

    @Test(arguments: [
        ["--part", "0/8"], ["--part", "9/8"], ["--part", "1"], ["--part", "1/2/3"], ["--part", "-1/2"],
        ["--part", "1/1000000000"], ["--part", "+1/2"], ["--wait", "soon"], ["--wait", "10d"], ["--wait", "-1s"],
        ["--participants"],
    ])
    func wrongUsage(_ more: [String]) throws {
        let run = try CLI(["impute", "x", "--out", "y"] + more)
        #expect(run.status == 64 && run.output.isEmpty, "\(run.errors)")
    }
}
