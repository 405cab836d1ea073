import Foundation
import Testing
import Volumes

/// Every refusal is one line, has its exit status and leaves no files of the patient.
struct RefusalTests {
    private static func spoil(_ kind: String, _ folder: URL) throws {
        let t2 = folder.appending(path: "T2.nii.gz")
        var volume = Phantom.volume("T2")
        switch kind {
        case "two files": try NIfTIFile.write(volume, to: folder.appending(path: "T2_run-2.nii.gz").path)
        case "truncated": try Data(contentsOf: t2).prefix(2000).write(to: t2)
        case "text":
            try FileManager.default.removeItem(at: t2)
            try Data("not an image\n".utf8).write(to: folder.appending(path: "T2.nii"))
        case "empty file": try Data().write(to: t2)
        case "apart":
            try NIfTIFile.write(
                Phantom.volume("T2", grid: Phantom.grid(origin: SIMD3(500, 500, 500))), to: t2.path)
        case "zeros":
            volume.voxels = volume.voxels.map { _ in 0 }
            try NIfTIFile.write(volume, to: t2.path)
        case "NaN":
            volume.voxels = volume.voxels.map { _ in .nan }
            try NIfTIFile.write(volume, to: t2.path)
        case "folder":
            try FileManager.default.removeItem(at: t2)
            try FileManager.default.createSymbolicLink(
                at: t2, withDestinationURL: folder.appending(path: "gone.nii.gz"))
        case "pipe":
            try FileManager.default.removeItem(at: t2)
            mkfifo(t2.path, 0o600)
        case "device":
            try FileManager.default.removeItem(at: t2)
            try FileManager.default.createSymbolicLink(atPath: t2.path, withDestinationPath: "/dev/zero")
        case "empty mask":
            volume.voxels = volume.voxels.map { _ in 0 }
            try NIfTIFile.write(volume, to: folder.appending(path: "brainmask.nii.gz").path)
        default: break
        }
    }

    @Test(arguments: ["impute", "evaluate", "preprocess"])
    func badPatientsFailAloneWithOneLineEach(_ command: String) throws {
        let work = try Workplace()
        let kinds = [
            "two files", "truncated", "text", "empty file", "apart", "zeros", "NaN", "folder", "empty mask",
            "pipe", "device",
        ]
        for kind in kinds + ["fine"] {
            let folder = work.root.appending(path: "in/\(kind)")
            try Phantom.write(["T1", "T1Gd", "T2"], to: folder)
            try Self.spoil(kind, folder)
        }
        let run = try CLI([command, work.path("in"), "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 1)
        let lines = run.errorLines
        #expect(lines.count == kinds.count, "\(run.errors)")
        for kind in kinds {
            let line = try #require(lines.first { $0.hasPrefix("error: \(kind): ") }, "\(kind)")
            let named = kind == "empty mask" ? "brainmask.nii.gz" : kind == "text" ? "T2.nii" : "T2.nii.gz"
            #expect(line.contains("\(kind)/\(named)"), "\(line)")
            #expect(!work.exists("out/\(kind)"))
        }
        #expect(lines.contains { $0.contains("T2_run-2.nii.gz") && $0.contains("--pattern T2=") })
        #expect(lines.contains { $0.contains("apart/T2.nii.gz") && $0.contains("apart/T1") })
        let statuses = try work.statuses("out")
        #expect(statuses["fine"] == "done")
        #expect(statuses.values.count { $0 == "failed" } == kinds.count)
        #expect(work.files("out").allSatisfy { !$0.contains("/") || $0.hasPrefix("fine/") })
        #expect(!run.output.isEmpty)
    }

    @Test func aSingleBadPatientFails() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "p")
        try Phantom.write(["T1", "T2"], to: folder)
        try Self.spoil("truncated", folder)
        let run = try CLI(["impute", folder.path, "--out", work.path("out"), "--model", work.model])
        #expect(run.status == 1)
        #expect(try work.statuses("out") == ["p": "failed"])
    }

    @Test func nothingCanStart() throws {
        let work = try Workplace()
        try Phantom.write(["T1", "T2"], to: work.root.appending(path: "in/p"))
        try FileManager.default.createDirectory(atPath: work.path("empty"), withIntermediateDirectories: true)
        try Phantom.write(["scan"], to: work.root.appending(path: "unknown/p"))
        try Data("x".utf8).write(to: work.root.appending(path: "file"))
        let (input, out, model) = (work.path("in"), work.path("out"), work.model)
        let table: [(String, [String])] = [
            ("no such folder", [work.path("missing"), "--out", out, "--model", model]),
            ("holds no NIfTI file", [work.path("empty"), "--out", out, "--model", model]),
            ("scan.nii.gz", [work.path("unknown"), "--out", out, "--model", model]),
            ("is a file", [work.path("in/p/T1.nii.gz"), "--out", out, "--model", model]),
            ("no such model file", [input, "--out", out, "--model", work.path("none.safetensors")]),
            (work.path("file"), [input, "--out", out, "--model", work.path("file")]),
            ("cannot be made or written to", [input, "--out", work.path("file/out"), "--model", model]),
            ("target 'PD'", [input, "--out", out, "--model", model, "--targets", "PD"]),
            ("pattern for 'PD'", [input, "--out", out, "--model", model, "--pattern", "PD=*"]),
        ]
        for (says, arguments) in table {
            for command in ["impute", "evaluate"] {
                let run = try CLI([command] + arguments)
                #expect(run.status == 2, "\(says): \(run.errors)")
                #expect(
                    run.errors.split(separator: "\n").count == 1 && run.errors.hasPrefix("error: "), "\(run.errors)")
                #expect(run.errors.contains(says), "\(run.errors)")
                #expect(run.output.isEmpty)
                #expect(!work.exists("out"))
            }
        }
    }

    @Test func lineBreaksInNamesDoNotSplitLines() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "in/a\nerror: \u{1B}[2Jb")
        try Phantom.write(["T1", "T2"], to: folder)
        try Self.spoil("truncated", folder)
        let run = try CLI(["impute", work.path("in"), "--out", work.path("out"), "--model", work.model, "--quiet"])
        #expect(run.status == 1)
        #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        #expect(!run.errors.contains("\u{1B}"))
    }

    @Test func patternSolvesTwoFilesForOneContrast() throws {
        let work = try Workplace()
        let folder = work.root.appending(path: "in/p")
        try Phantom.write(["T1", "T1Gd", "T2"], to: folder)
        try Self.spoil("two files", folder)
        let run = try CLI([
            "impute", work.path("in"), "--out", work.path("out"), "--model", work.model, "--pattern", "T2=*_run-2*",
        ])
        #expect(run.status == 0, "\(run.errors)")
        let inputs = try work.json("out/p/p_FLAIR_imputed.json")["inputs"] as? [[String: Any]] ?? []
        #expect(inputs.contains { $0["file"] as? String == "T2_run-2.nii.gz" })
    }
}
