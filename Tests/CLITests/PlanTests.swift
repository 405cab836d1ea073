import Foundation
import Testing
import Volumes

/// `--plan` says what the run then does.
struct PlanTests {
    /// Everything below a folder with its bytes, pipes and links by name only.
    private func snapshot(_ work: Workplace, _ relative: String) -> [String: Data?] {
        let names = FileManager.default.enumerator(atPath: work.path(relative))?.allObjects as? [String] ?? []
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                let type = try? FileManager.default.attributesOfItem(atPath: work.path("\(relative)/\(name)"))[.type]
                let isFile = type as? FileAttributeType == .typeRegular
                return (name, isFile ? FileManager.default.contents(atPath: work.path("\(relative)/\(name)")) : nil)
            })
    }

    private func messy() throws -> Workplace {
        let work = try Workplace()
        let folder = { (name: String) in work.root.appending(path: "in/\(name)") }
        for name in [
            "fine", "text", "empty file", "apart", "two files", "pipe", "dangling",
            String(repeating: "long", count: 60),
            "site/scans/p9", "Ümläut 3",
        ] {
            try Phantom.write(["T1", "T1Gd", "T2"], to: folder(name))
        }
        try Phantom.write(["T1", "T1Gd", "T2", "FLAIR"], to: folder("whole"))
        try Phantom.write(["T1"], to: folder("single"))
        try Phantom.write(["odd"], to: folder("odd"))
        for (name, t2) in [("text", "not an image, whatever its name says\n"), ("empty file", "")] {
            try Data(t2.utf8).write(to: folder(name).appending(path: "T2.nii.gz"))
        }
        try NIfTIFile.write(
            Phantom.volume("T2", grid: Phantom.grid(origin: SIMD3(500, 500, 500))),
            to: folder("apart").appending(path: "T2.nii.gz").path)
        try NIfTIFile.write(Phantom.volume("T2"), to: folder("two files").appending(path: "T2_run-2.nii.gz").path)
        for name in ["pipe", "dangling"] {
            try FileManager.default.removeItem(at: folder(name).appending(path: "T2.nii.gz"))
        }
        mkfifo(folder("pipe").appending(path: "T2.nii.gz").path, 0o600)
        try FileManager.default.createSymbolicLink(
            atPath: folder("dangling").appending(path: "T2.nii.gz").path, withDestinationPath: "../annex/T2.nii.gz")
        try FileManager.default.createDirectory(at: folder("nothing"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(at: folder("dicom"), withIntermediateDirectories: true)
        try Data("x".utf8).write(to: folder("dicom").appending(path: "1.dcm"))
        try FileManager.default.createSymbolicLink(atPath: folder("circle").path, withDestinationPath: "..")
        return work
    }

    private struct Verdict: Equatable {
        var action: String
        var reason: String?
        var targets: [String]
    }

    private func verdicts(_ plan: [String: Any]) -> [String: Verdict] {
        let patients = plan["patients"] as? [[String: Any]] ?? []
        return Dictionary(
            uniqueKeysWithValues: patients.map { patient in
                let action = patient["action"] as? String ?? ""
                let says = ["skip", "fail"].contains(action) ? patient["reason"] as? String : nil
                return (
                    patient["name"] as? String ?? "",
                    Verdict(action: action, reason: says, targets: patient["targets"] as? [String] ?? [])
                )
            })
    }

    /// What became of every patient, in the plan's terms.
    private func outcome(_ work: Workplace, _ command: String) throws -> [String: Verdict] {
        let patients = try work.json("out/run.json")["patients"] as? [[String: Any]] ?? []
        return Dictionary(
            uniqueKeysWithValues: try patients.map { patient in
                let name = patient["name"] as? String ?? ""
                let action = ["done": command, "skipped": "skip", "failed": "fail"][patient["status"] as? String ?? ""]
                var targets: [String] = []
                if action == command {
                    let made = try work.json("out/\(name)/metrics.json")["contrasts"] as? [String: Any] ?? [:]
                    targets = ["T1", "T1Gd", "T2", "FLAIR"].filter { made[$0] != nil }
                }
                return (name, Verdict(action: action ?? "", reason: patient["reason"] as? String, targets: targets))
            })
    }

    @Test(arguments: ["impute", "evaluate"])
    func planIsWhatTheRunThenDoes(_ command: String) throws {
        let work = try messy()
        let more = command == "evaluate" ? ["--no-subsets", "--targets", "T1", "FLAIR"] : []
        let arguments = [command, work.path("in"), "--out", work.path("out"), "--model", work.model] + more
        let before = snapshot(work, ".")
        let plan = try CLI(arguments + ["--plan", "--json"])
        #expect(plan.status == 1, "\(plan.errors)")
        #expect(snapshot(work, ".") == before)
        let expected = verdicts(try plan.json())
        #expect(expected.count == 15)
        #expect(expected["fine"]?.action == command)
        #expect(expected.values.count { $0.action == "fail" } >= 9)

        let run = try CLI(arguments)
        #expect(run.status == 1)
        #expect(try outcome(work, command) == expected)

        let second = verdicts(try CLI(arguments + ["--plan", "--json"]).json())
        #expect(second["fine"]?.action == "skip" && second["fine"]?.reason == "complete: made by an earlier run")
        #expect(second.values.allSatisfy { ["skip", "fail"].contains($0.action) })

        // One result loses a file, one patient an input.
        let images = work.files("out/p9").filter { $0.hasSuffix(".nii.gz") }
        try FileManager.default.removeItem(atPath: work.path("out/p9/\(try #require(images.first))"))
        try FileManager.default.removeItem(atPath: work.path("in/fine/T2.nii.gz"))
        let third = verdicts(try CLI(arguments + ["--plan", "--json"]).json())
        #expect(third["p9"]?.action == command && third["fine"]?.action == command)
        #expect(try CLI(arguments).status == 1)
        #expect(try outcome(work, command) == third)
    }

    @Test func tableNamesEveryPatientAndWhy() throws {
        let work = try messy()
        let arguments = ["impute", work.path("in"), "--out", work.path("out"), "--model", work.model, "--plan"]
        let plan = try CLI(arguments)
        #expect(plan.status == 1)
        let lines = plan.output.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("patient ") == true)
        for (name, says) in [
            ("fine ", "FLAIR missing"), ("whole ", "complete: no contrast is missing"), ("apart ", "does not overlap"),
            ("two files ", "--pattern T2="), ("dicom ", "dcm2niix"), ("nothing ", "holds no NIfTI file"),
            ("dangling ", "is a link to ../annex/T2.nii.gz, which is not there"),
        ] {
            #expect(lines.contains { $0.hasPrefix(name) && $0.contains(says) }, "\(name)\n\(plan.output)")
        }
        #expect(lines.contains { $0.hasPrefix("left out: ") && $0.contains("in/circle") })
        #expect(lines.dropLast().last?.contains("nothing was written") == true)
        #expect(try CLI(arguments + ["--quiet"]).output.isEmpty)
        #expect(!work.exists("out"))
    }

    @Test func filesAreListedWithRoleAndReason() throws {
        let work = try Workplace()
        try Phantom.write(["p_t1ce", "p_t2", "brainmask", "scan", "p_T1_imputed"], to: work.root.appending(path: "p"))
        try Data(#"{"software": {"name": "collagan"}}"#.utf8)
            .write(to: work.root.appending(path: "p/p_T1_imputed.json"))
        let plan = try CLI([
            "impute", work.path("p"), "--out", work.path("p/out"), "--model", work.model, "--plan", "--json",
        ])
        #expect(plan.status == 0, "\(plan.errors)")
        let json = try plan.json()
        #expect(json["kind"] as? String == "plan" && json["command"] as? String == "impute")
        #expect((json["counts"] as? [String: Int]) == ["impute": 1])
        let patient = try #require((json["patients"] as? [[String: Any]])?.first)
        #expect(patient["layout"] as? String == "plain")
        #expect(patient["targets"] as? [String] == ["T1", "FLAIR"])
        let files = patient["files"] as? [[String: String]] ?? []
        #expect(Set(files.map { $0["role"] ?? "" }) == ["T1Gd", "T2", "brainmask"])
        #expect(
            files.contains { $0["reason"] == "'t1ce' stands for T1Gd" && $0["path"] == work.path("p/p_t1ce.nii.gz") })
        let others = patient["unrecognised"] as? [[String: String]] ?? []
        #expect(Set(others.map { $0["role"] ?? "" }) == ["imputed", "unrecognised"])
        #expect(!work.exists("p/out"))
    }

    @Test func pipelineFilesHavePlans() throws {
        let work = try Workplace()
        try Phantom.write(["scan1", "scan2", "T2"], to: work.root.appending(path: "in/p1/mri"))
        let definition = """
            input: {patients: in, patterns: {T1: [none, mri/scan1*], FLAIR: mri/scan2.nii.gz}}
            model: {file: tiny.safetensors}
            imputation: {targets: [t1ce]}
            outputs: {folder: out}
            """
        try Data(definition.utf8).write(to: work.root.appending(path: "p.yaml"))
        let plan = try CLI(["run", work.path("p.yaml"), "--plan", "--json"])
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(verdicts(try plan.json()) == ["p1": Verdict(action: "impute", targets: ["T1Gd"])])
        #expect(!work.exists("out"))
        #expect(try CLI(["run", work.path("p.yaml")]).status == 0)
        #expect(work.exists("out/p1/p1_T1Gd_imputed.nii.gz"))
    }

    @Test func whereNothingCanStartThereIsNoPlan() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p"))
        try Data("x".utf8).write(to: work.root.appending(path: "file"))
        let model = ["--model", work.model, "--plan"]
        #expect(try CLI(["impute", work.path("in"), "--out", work.path("out"), "--model", work.model]).status == 0)
        for (says, arguments) in [
            ("no such folder", ["impute", work.path("gone"), "--out", work.path("o")] + model),
            ("cannot be made or written to", ["impute", work.path("in"), "--out", work.path("file/o")] + model),
            ("holds the results of 'impute'", ["evaluate", work.path("in"), "--out", work.path("out")] + model),
        ] {
            let run = try CLI(arguments)
            #expect(run.status == 2 && run.errors.contains(says), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1 && run.output.isEmpty)
        }
    }

    private static let privileges = "-dac_override,-dac_read_search"
    private static let setpriv = "/usr/bin/setpriv"

    /// Root may read everything unless it gives that up.
    @Test(.enabled(if: geteuid() != 0 || FileManager.default.isExecutableFile(atPath: setpriv)))
    func foldersThatMayNotBeReadFailAlone() throws {
        let work = try Workplace()
        for name in ["p1", "p2", "site/p3"] {
            try Phantom.write(["T1", "T2", "T1Gd"], to: work.root.appending(path: "in/\(name)"))
        }
        let closed = ["in/p2", "in/site"].map(work.path)
        for path in closed { chmod(path, 0) }
        defer { for path in closed { chmod(path, 0o755) } }
        var arguments = ["impute", work.path("in"), "--out", work.path("out"), "--model", work.model, "--json"]
        let process = Process()
        process.executableURL = CLI.program
        if geteuid() == 0 {
            process.executableURL = URL(filePath: Self.setpriv)
            arguments =
                ["--bounding-set", Self.privileges, "--inh-caps", Self.privileges, CLI.program.path] + arguments
        }
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        #expect(try work.statuses("out") == ["p1": "done", "p2": "failed", "site": "failed"])
        let patients = try work.json("out/run.json")["patients"] as? [[String: Any]] ?? []
        let reasons = patients.compactMap { $0["reason"] as? String }
        #expect(reasons.count == 2 && reasons.allSatisfy { $0.contains("cannot be listed (Permission denied)") })
    }
}
