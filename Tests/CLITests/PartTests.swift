import Dispatch
import Foundation
import Synchronization
import Testing

/// Several processes, one folder of results.
struct PartTests {
    private static let broken = "p3"

    /// `in`: four patients, one of which cannot be used.
    private func archive() throws -> Workplace {
        let work = try Workplace()
        for number in 1...4 {
            let lacks = ["FLAIR", "T1Gd"][number % 2]
            try Phantom.write(
                ["T1", "T1Gd", "T2", "FLAIR"].filter { $0 != lacks }, to: work.root.appending(path: "in/p\(number)"),
                seed: number, grid: Phantom.thinGrid)
        }
        try Data("no image".utf8).write(to: work.root.appending(path: "in/\(Self.broken)/T2.nii.gz"))
        return work
    }

    private func run(
        _ command: String, _ work: Workplace, _ more: [String] = [], out: String = "out"
    ) throws -> CLI {
        try CLI([command, work.path("in"), "--model", work.model, "--out", work.path(out)] + more)
    }

    /// Everything but what holds times, and the journals.
    private func bytes(_ work: Workplace, _ folder: String) throws -> [String: Data] {
        let files = work.files(folder).filter {
            !$0.hasPrefix(".collagan/") && !$0.hasSuffix("run.json") && $0 != "report.html"
        }
        return Dictionary(uniqueKeysWithValues: try files.map { ($0, try work.data("\(folder)/\($0)")) })
    }

    private func expectSame(_ work: Workplace, _ folder: String, as other: String) throws {
        let (first, second) = (try bytes(work, folder), try bytes(work, other))
        #expect(first.keys.sorted() == second.keys.sorted())
        for (name, data) in first { #expect(data == second[name], "\(name)") }
        #expect(try work.statuses(folder) == work.statuses(other))
        for key in ["counts", "warned", "state", "command"] {
            #expect(
                try NSDictionary(dictionary: [key: work.json("\(folder)/run.json")[key] ?? 0])
                    == NSDictionary(dictionary: [key: work.json("\(other)/run.json")[key] ?? 0]), "\(key)")
        }
    }

    @Test(arguments: ["impute", "evaluate", "preprocess"])
    func partsAtOnceAndCollectedAreOneRun(_ command: String) throws {
        let work = try archive()
        #expect(try run(command, work, out: "whole").status == 1)
        let arguments = [command, work.path("in"), "--model", work.model, "--out", work.path("out"), "--threads", "1"]
        let statuses = Mutex<[Int: Int32]>([:])
        DispatchQueue.concurrentPerform(iterations: 3) { index in
            let status = (try? CLI(arguments + ["--part", "\(index + 1)/3"]))?.status
            statuses.withLock { $0[index + 1] = status }
        }
        // p3 belongs to part 3.
        #expect(statuses.withLock { $0 } == [1: 0, 2: 0, 3: 1])
        #expect(!work.exists("out/metrics.csv") && !work.exists("out/run.json") && !work.exists("out/report.html"))
        try FileManager.default.moveItem(atPath: work.path("in"), toPath: work.path("away"))
        let collected = try CLI(["collect", work.path("out")])
        #expect(collected.status == 1 && collected.errors.isEmpty, "\(collected.errors)")
        #expect(collected.output.contains("3 done, 0 skipped, 1 failed"), "\(collected.output)")
        try expectSame(work, "out", as: "whole")
        let parts = try work.json("out/run.json")["parts"] as? [[String: Any]] ?? []
        #expect(parts.map { $0["name"] as? String } == (1...3).map { "part-\($0)-of-3" })
        #expect(
            parts.allSatisfy { $0["host"] is String && $0["process"] is Int && $0["state"] as? String == "finished" })
        #expect(!work.exists("out/.collagan.lock"))
    }

    @Test func moreParticipantsThanOneOfADataset() throws {
        let work = try Workplace()
        let contrasts = ["T1w", "ce-gad_T1w", "T2w"]
        for (number, place) in ["sub-01/ses-1", "sub-01/ses-2", "sub-02/ses-1", "sub-03/ses-1"].enumerated() {
            let name = place.replacingOccurrences(of: "/", with: "_")
            for (contrast, kind) in zip(contrasts, ["T1", "T1Gd", "T2"]) {
                let folder = work.root.appending(path: "in/\(place)/anat")
                try Phantom.write([kind], to: folder, seed: number, grid: Phantom.thinGrid)
                try FileManager.default.moveItem(
                    at: folder.appending(path: "\(kind).nii.gz"),
                    to: folder.appending(path: "\(name)_\(contrast).nii.gz"))
            }
        }
        try Data(#"{"Name": "Brains", "BIDSVersion": "1.9.0"}"#.utf8)
            .write(to: work.root.appending(path: "in/dataset_description.json"))
        #expect(try run("impute", work, out: "whole").status == 0)
        try Data("participant_id\tage\n# none\n\nsub-02\t7\n".utf8).write(to: work.root.appending(path: "list.tsv"))
        #expect(try run("impute", work, ["--participant-label", "01"]).status == 0)
        #expect(work.files("out").filter { $0.hasSuffix("metrics.json") }.count == 2)
        for names in [["@" + work.path("list.tsv")], ["sub-03_ses-1"]] {
            #expect(try run("impute", work, ["--participants"] + names).status == 0)
        }
        #expect(!work.exists("out/dataset_description.json"))
        try FileManager.default.moveItem(atPath: work.path("in"), toPath: work.path("away"))
        #expect(try CLI(["collect", work.path("out"), "--quiet"]).status == 0)
        try expectSame(work, "out", as: "whole")
    }

    @Test func aPatientMadeAgainLeavesTheOthersIn() throws {
        let work = try archive()
        #expect(try run("impute", work).status == 1)
        let before = try bytes(work, "out")
        #expect(try run("impute", work, ["--participants", "p4", "--overwrite"]).status == 0)
        #expect(try CLI(["collect", work.path("out")]).status == 1)
        #expect(try bytes(work, "out") == before)
        let done = ["p1": "done", "p2": "done", "p3": "failed", "p4": "done"]
        #expect(try work.statuses("out") == done)
        // Again, over what was collected.
        try Phantom.write(["T2"], to: work.root.appending(path: "in/p3"), seed: 3, grid: Phantom.thinGrid)
        #expect(try run("impute", work, ["--participants", "p3"]).status == 0)
        #expect(try CLI(["collect", work.path("out")]).status == 0)
        #expect(try work.statuses("out") == done.merging(["p3": "done"]) { $1 })
        #expect(try run("impute", work, out: "whole").status == 0)
        #expect(try bytes(work, "out") == bytes(work, "whole"))
    }

    @Test func aKilledPartIsFinishedByTheNextOfItsOwn() throws {
        let (work, killed) = try CLI.caught(from: 3) { count in
            let work = try Workplace()
            for number in 10..<10 + 2 * count {
                try Phantom.write(
                    ["T1", "T1Gd", "T2"], to: work.root.appending(path: "in/p\(number)"), seed: number,
                    grid: Phantom.thinGrid)
            }
            let arguments = [
                "evaluate", work.path("in"), "--model", work.model, "--out", work.path("out"), "--no-subsets",
            ]
            return (work, try CLI(arguments + ["--part", "1/2"], interruptedAt: "p10: done", by: SIGKILL))
        }
        #expect(killed.status == SIGKILL)
        // Another part clears nothing of it.
        try FileManager.default.createDirectory(
            atPath: work.path("out/.collagan-part-1-of-2-node-1-1.partial"), withIntermediateDirectories: true)
        let second = try run("evaluate", work, ["--no-subsets", "--part", "2/2"])
        #expect(second.status == 0, "\(second.errors)")
        #expect(work.exists("out/.collagan-part-1-of-2-node-1-1.partial"))
        let early = try CLI(["collect", work.path("out")])
        #expect(early.status == 1 && early.errors.contains("part 1 of 2 did not finish; run again"), "\(early.errors)")
        #expect(try work.json("out/run.json")["state"] as? String == "incomplete")
        #expect(try run("evaluate", work, ["--no-subsets", "--part", "1/2"]).status == 0)
        let stages = try FileManager.default.contentsOfDirectory(atPath: work.path("out"))
        #expect(!stages.contains { $0.hasSuffix(".partial") }, "\(stages)")
        #expect(try CLI(["collect", work.path("out")]).status == 0)
        #expect(try work.statuses("out")["p10"] == "skipped")
        #expect(try run("evaluate", work, ["--no-subsets"], out: "whole").status == 0)
        #expect(try bytes(work, "out") == bytes(work, "whole"))
    }

    @Test func thePlanOfAPartIsOfItsPatients() throws {
        let work = try archive()
        var names: [String] = []
        for part in 1...3 {
            let plan = try run("impute", work, ["--plan", "--json", "--part", "\(part)/3"])
            let json = try plan.json()
            #expect(json["part"] as? String == "\(part)/3" && json["cohort"] as? Int == 4)
            names += (json["patients"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
        }
        #expect(names == ["p1", "p4", "p2", "p3"])
        let text = try run("impute", work, ["--plan", "--part", "2/3"]).output
        #expect(text.contains("part 2/3, 1 of 4 patients: 1 to impute"), "\(text)")
        let nobody = try run("impute", work, ["--plan", "--part", "7/9"])
        #expect(nobody.status == 0 && nobody.output.contains("0 of 4 patients: nothing to do"), "\(nobody.output)")
        #expect(!work.exists("out"))
    }

    @Test func participantsAreSharedOutToo() throws {
        let work = try archive()
        let chosen = ["--participants", "p1", "p2", "p4", "--part", "2/2"]
        #expect(try run("impute", work, chosen).status == 0)
        #expect(work.exists("out/p2") && !work.exists("out/p1") && !work.exists("out/p4"))
        // Another list of patients: what the first one left would not be all.
        #expect(try run("impute", work, ["--part", "1/2"]).status == 1)
        let run = try CLI(["collect", work.path("out")])
        #expect(run.status == 1)
        #expect(run.errors.contains("of 2 saw another list of patients; run again"), "\(run.errors)")
    }

    @Test func aPipelineRunsInPartsWithWhatTheNetworkSees() throws {
        let work = try archive()
        for folder in ["out", "whole"] {
            let definition = """
                input: {patients: in}
                model: {file: tiny.safetensors}
                outputs: {folder: \(folder), preprocessed: true}
                """
            try Data(definition.utf8).write(to: work.root.appending(path: "\(folder).yaml"))
        }
        #expect(try CLI(["run", work.path("whole.yaml")]).status == 1)
        for part in ["2/2", "1/2"] {
            #expect(try CLI(["run", work.path("out.yaml"), "--part", part]).status == (part == "1/2" ? 1 : 0))
        }
        #expect(try CLI(["collect", work.path("out")]).status == 1)
        #expect(try work.statuses("out/preprocessed") == work.statuses("whole/preprocessed"))
        let (first, second) = (try bytes(work, "out"), try bytes(work, "whole"))
        let names = first.keys.filter { !$0.contains(".collagan/") }.sorted()
        #expect(names == second.keys.sorted())
        for name in names { #expect(first[name] == second[name], "\(name)") }
    }
}
