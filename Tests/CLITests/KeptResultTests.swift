import Foundation
import Testing

/// What is complete is not lost because a patient cannot be looked at for a night; what is outdated never passes for a result.
struct KeptResultTests {
    private let work: Workplace
    private let names = ["p1", "p2"]

    /// Two patients in `disk`, to whose folders `in` leads by links, with results in `out`.
    init() throws {
        work = try Workplace()
        try FileManager.default.createDirectory(atPath: work.path("in"), withIntermediateDirectories: true)
        for (number, name) in names.enumerated() {
            try Phantom.write(["T1", "T1Gd", "T2"], to: work.root.appending(path: "disk/\(name)"), seed: number)
            try FileManager.default.createSymbolicLink(
                atPath: work.path("in/\(name)"), withDestinationPath: work.path("disk/\(name)"))
        }
        #expect(try impute().status == 0)
    }

    private func impute(_ more: [String] = []) throws -> CLI {
        try CLI(["impute", work.path("in"), "--out", work.path("out"), "--model", work.model] + more)
    }

    private func results() throws -> [String: Data] {
        let files = work.files("out").filter { !["run.json", "report.html"].contains($0) }
        return Dictionary(uniqueKeysWithValues: try files.map { ($0, try work.data("out/\($0)")) })
    }

    private func expectKept(_ run: CLI, _ before: [String: Data], _ names: [String]) throws {
        #expect(run.status == 1, "\(run.errors)")
        #expect(try results() == before)
        for entry in try work.json("out/run.json")["patients"] as? [[String: Any]] ?? []
        where names.contains(entry["name"] as? String ?? "") {
            #expect(entry["status"] as? String == "failed")
            #expect((entry["reason"] as? String)?.hasSuffix("(the result of an earlier run is kept)") == true)
            #expect((entry["files"] as? [String])?.allSatisfy { work.exists("out/\($0)") } == true)
            #expect((entry["files"] as? [String])?.count == 4)
        }
    }

    @Test func inputsThatAreAwayLeaveResultsAlone() throws {
        let before = try results()
        try FileManager.default.moveItem(atPath: work.path("disk"), toPath: work.path("away"))
        try FileManager.default.createDirectory(atPath: work.path("disk"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: work.path("away/p2"), toPath: work.path("disk/p2"))
        try expectKept(try impute(), before, ["p1"])
        try FileManager.default.removeItem(atPath: work.path("disk"))
        try FileManager.default.moveItem(atPath: work.path("away"), toPath: work.path("disk"))
        #expect(try impute().status == 0)
        #expect(try work.statuses("out") == ["p1": "skipped", "p2": "skipped"])
    }

    @Test func aFileThatIsAwayLeavesTheResultAlone() throws {
        let before = try results()
        try FileManager.default.moveItem(atPath: work.path("disk/p1/T2.nii.gz"), toPath: work.path("T2"))
        try FileManager.default.createSymbolicLink(
            atPath: work.path("disk/p1/T2.nii.gz"), withDestinationPath: work.path("nowhere"))
        try expectKept(try impute(), before, ["p1"])
    }

    @Test func tooLittleMemoryAndTwoFilesForOneContrastLeaveResultsAlone() throws {
        let before = try results()
        let planned = try impute(["--overwrite", "--memory", "30M", "--plan", "--json"])
        try expectKept(try impute(["--overwrite", "--memory", "30M"]), before, names)
        let reasons = (try planned.json()["patients"] as? [[String: Any]] ?? []).compactMap { $0["reason"] as? String }
        #expect(reasons.allSatisfy { $0.hasSuffix("(the result of an earlier run is kept)") } && reasons.count == 2)
        for name in names { try Phantom.write(["T2_again"], to: work.root.appending(path: "disk/\(name)")) }
        try expectKept(try impute(), before, names)
    }

    @Test func otherBytesThatCannotBeUsedRemoveWhatIsOutdated() throws {
        try Data("text".utf8).write(to: work.root.appending(path: "disk/p1/T2.nii.gz"))
        let planned = try impute(["--plan", "--json"])
        let run = try impute()
        #expect(run.status == 1 && run.errors.contains("(the outdated result of an earlier run is removed)"))
        let reasons = (try planned.json()["patients"] as? [[String: Any]] ?? []).compactMap { $0["reason"] as? String }
        #expect(reasons.contains { $0.hasSuffix("(the outdated result of an earlier run is removed)") })
        #expect(work.files("out/p1").isEmpty && work.files("out/p2").count == 4)
        #expect(CSVFile(try work.data("out/metrics.csv")).rows.map { $0["patient"] } == ["p2"])
    }

    @Test func preprocessedImagesAreKeptTheSameWay() throws {
        func preprocess() throws -> CLI {
            try CLI(["preprocess", work.path("in"), "--out", work.path("pre"), "--model", work.model])
        }
        #expect(try preprocess().status == 0)
        let before = work.files("pre")
        try FileManager.default.moveItem(atPath: work.path("disk/p1/T2.nii.gz"), toPath: work.path("T2"))
        try FileManager.default.createSymbolicLink(
            atPath: work.path("disk/p1/T2.nii.gz"), withDestinationPath: work.path("nowhere"))
        #expect(try preprocess().status == 1)
        #expect(work.files("pre") == before)
        try FileManager.default.removeItem(atPath: work.path("disk/p1/T2.nii.gz"))
        try Data("text".utf8).write(to: work.root.appending(path: "disk/p1/T2.nii.gz"))
        #expect(try preprocess().status == 1)
        #expect(work.files("pre/p1").isEmpty && !work.files("pre/p2").isEmpty)
    }

    /// The names in records, and what was left out, are part of a result.
    @Test func aRenamedInputAndOneThatWasLeftOutAreTold() throws {
        try FileManager.default.moveItem(
            atPath: work.path("disk/p1/T2.nii.gz"), toPath: work.path("disk/p1/T2w.nii.gz"))
        try Data("ObjectType = Image".utf8).write(to: work.root.appending(path: "disk/p2/FLAIR.mha"))
        let run = try impute()
        #expect(run.status == 0)
        #expect(try work.statuses("out") == ["p1": "done", "p2": "done"])
        let inputs = try work.json("out/p1/p1_FLAIR_imputed.json")["inputs"] as? [[String: Any]] ?? []
        #expect(inputs.contains { $0["file"] as? String == "T2w.nii.gz" })
        #expect(run.output.contains("warning left-out-file: 1 patient: p2"), "\(run.output)")
    }
}
